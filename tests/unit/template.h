/* Tests of arithmetic files are compiled like them: once per precision and
 * instruction set. A suite `rows` becomes lg_rows_f32_avx2 and so on. */
#ifndef TESTS_UNIT_TEMPLATE_H
#define TESTS_UNIT_TEMPLATE_H

#include <criterion/criterion.h>
#include <string.h>

#include "engine/base/real.h"
#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

/* A copy that this CPU cannot run is skipped, and the runner counts it. */
#define TEMPLATE_TEST_EXPANDED(suite, name)                                                        \
    static void suite##_##name##_body(void);                                                       \
    Test(suite, name)                                                                              \
    {                                                                                              \
        if (!lg_isa_runs_here(LG_STRING(LG_ISA)))                                                  \
            cr_skip_test("this CPU lacks " LG_STRING(LG_ISA));                                     \
        suite##_##name##_body();                                                                   \
    }                                                                                              \
    static void suite##_##name##_body(void)
#define TEMPLATE_TEST_JOIN(suite, name) TEMPLATE_TEST_EXPANDED(suite, name)
#define TEMPLATE_TEST(suite, name)      TEMPLATE_TEST_JOIN(LG_SYMBOL(suite), name)

/* Mostly ordinary numbers, some zeros of both signs, some subnormals. */
static inline real awkward_real(struct lg_pcg *pcg)
{
    const real ordinary = (real)(lg_pcg_uniform(pcg) * 2 - 1);
    switch (lg_pcg_below(pcg, 8)) {
    case 0:
        return 0;
    case 1:
        return (real)-0.0;
    case 2:
        return ordinary * (LG_PRECISION == 32 ? (real)FLT_MIN : (real)DBL_MIN) / 64;
    default:
        return ordinary;
    }
}

#endif
