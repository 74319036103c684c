#include "engine/math/math.h"

#include "tests/unit/elementary.h"

static const long double pi = 3.14159265358979323846264338327950288L;

/* Through the C library's long double, whose argument is reduced here: next to a zero of
 * the cosine the sine keeps its digits. */
static long double exact(double x)
{
    const long double t = fmodl(fabsl((long double)x), 2);
    const long double from_middle = t > 1 ? t - 1.5L : 0.5L - t;
    return fabsl(from_middle) < 0.25L ? sinl(pi * from_middle) : cosl(pi * t);
}

/* 1.87 is the worst seen. */
TEMPLATE_TEST(cos, error_is_below_its_bound)
{
    struct lg_pcg pcg = lg_pcg_seed(71, 1);
    double worst = 0, at = 0;
    for (int i = 0; i < 200000; i++) {
        const double scale = i % 3 == 0 ? 2 : i % 3 == 1 ? 0x1p-20 : 1000;
        const double x = scale * (lg_pcg_uniform(&pcg) - 0.5) + (i % 2 ? 0.5 : 0);
        const long double expected = exact(x);
        const double off =
            (double)fabsl((long double)math_cospi(x) - expected) / ulp_of((double)expected);
        if (off > worst) {
            worst = off;
            at = x;
        }
    }
    cr_assert_leq(worst, 2, "off by %.3f ulp at %a", worst, at);
    cr_assert_gt(worst, 0.5);
}

TEMPLATE_TEST(cos, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_cospi(nan) != math_cospi(nan));
    cr_assert(math_cospi(infinity) != math_cospi(infinity));
    cr_assert(math_cospi(-infinity) != math_cospi(-infinity));
    for (int n = -100; n <= 100; n++) {
        cr_assert(math_cospi(n) == (n % 2 ? -1 : 1), "%d", n);
        cr_assert(is_same(math_cospi(n + 0.5), 0.0), "%d", n);
    }
    cr_assert(math_cospi(0x1p53 - 1) == -1 && math_cospi(0x1p53) == 1 && math_cospi(0x1p1023) == 1);
    cr_assert(math_cospi(0x1p-1074) == 1 && math_cospi(-0.0) == 1);
}

TEMPLATE_TEST(cos, is_even)
{
    struct lg_pcg pcg = lg_pcg_seed(72, 1);
    for (int i = 0; i < 1000; i++) {
        const double x = 7 * lg_pcg_uniform(&pcg);
        cr_assert(is_same(math_cospi(-x), math_cospi(x)), "cospi(%a)", x);
    }
}

TEMPLATE_TEST(cos, bits_are_the_same_in_every_copy)
{
    check_bits(math_cospi, -1000, 1000,
               "2cadd14c0952b43e7eca640462c1d298a4f87e8f36bd5aa093ef229cbe8c1fb9");
}
