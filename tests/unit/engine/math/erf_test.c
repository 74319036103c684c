#include "engine/math/math.h"

#include "tests/unit/elementary.h"

/* tests/golden/errors.c finds 1.35. */
TEMPLATE_TEST(erf, error_is_below_its_bound)
{
    check_error("erf", math_erf, 1.4);
}

TEMPLATE_TEST(erf, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_erf(nan) != math_erf(nan));
    cr_assert(math_erf(infinity) == 1 && math_erf(-infinity) == -1);
    cr_assert(math_erf(6) == 1 && math_erf(-6) == -1);
    cr_assert(is_same(math_erf(0.0), 0.0) && is_same(math_erf(-0.0), -0.0));
    /* 2 / sqrt(pi) = 1.128... times the smallest numbers. */
    cr_assert(math_erf(0x1p-1074) == 0x1p-1074 && math_erf(-0x1p-1070) == -18 * 0x1p-1074);
}

TEMPLATE_TEST(erf, is_odd)
{
    struct lg_pcg pcg = lg_pcg_seed(63, 1);
    for (int i = 0; i < 1000; i++) {
        const double x = 7 * lg_pcg_uniform(&pcg);
        cr_assert(is_same(math_erf(-x), -math_erf(x)), "erf(%a)", x);
    }
}

TEMPLATE_TEST(erf, bits_are_the_same_in_every_copy)
{
    check_bits(math_erf, -7, 7, "5118d82d22ca4c23cb19c950f5404787da003b3e17fb75ddc898005bec433c6f");
}

TEMPLATE_TEST(erf, reals_are_rounded_once_and_right)
{
    check_real(real_erf, math_erf, erfl, NULL, 0);
}
