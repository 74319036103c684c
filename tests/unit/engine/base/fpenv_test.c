#include "lossgrid/fpenv.h"

#include <criterion/criterion.h>
#include <string.h>

Test(fpenv, a_fresh_process_is_standard)
{
    const char *what = "untouched";
    cr_assert(lg_fpenv_is_standard(&what), "%s", what);
    cr_assert_str_eq(what, "untouched");
    cr_assert(lg_fpenv_is_standard(NULL));
}

#if defined(__x86_64__)
#include <xmmintrin.h>

/* The answer under MXCSR with these bits set. */
static bool is_standard_with(unsigned int bits, const char **what)
{
    unsigned int before = _mm_getcsr();
    _mm_setcsr(before | bits);
    bool standard = lg_fpenv_is_standard(what);
    _mm_setcsr(before);
    return standard;
}

Test(fpenv, each_deviation_is_named)
{
    static const struct {
        unsigned int bits;
        const char *word;
    } cases[] = {{0x2000, "rounding"},
                 {0x4000, "rounding"},
                 {0x6000, "rounding"},
                 {0x8000, "FTZ"},
                 {0x0040, "DAZ"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const char *what = NULL;
        cr_assert_not(is_standard_with(cases[i].bits, &what), "bits 0x%04x", cases[i].bits);
        cr_assert(strstr(what, cases[i].word) != NULL, "bits 0x%04x: %s", cases[i].bits, what);
        cr_assert_not(is_standard_with(cases[i].bits, NULL));
    }
}
#endif
