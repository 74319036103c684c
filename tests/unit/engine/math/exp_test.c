#include "engine/math/math.h"

#include "tests/unit/elementary.h"

/* tests/golden/errors.c finds 0.82 and 1.39, an earlier search 1.42. */
TEMPLATE_TEST(exp, error_is_below_its_bound)
{
    check_error("exp", math_exp, 0.85);
}

TEMPLATE_TEST(exp, expm1_error_is_below_its_bound)
{
    check_error("expm1", math_expm1, 1.5);
}

TEMPLATE_TEST(exp, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_exp(nan) != math_exp(nan) && math_expm1(nan) != math_expm1(nan));
    cr_assert(math_exp(infinity) == infinity && math_expm1(infinity) == infinity);
    cr_assert(math_exp(-infinity) == 0 && math_expm1(-infinity) == -1);
    for (double x = 746; x < 0x1p1020; x *= 1.3) {
        cr_assert(math_exp(x) == infinity && math_expm1(x) == infinity, "at %a", x);
        cr_assert(math_exp(-x) == 0 && math_expm1(-x) == -1, "at %a", -x);
    }
    cr_assert(math_exp(0.0) == 1 && math_exp(-0.0) == 1);
    cr_assert(is_same(math_expm1(0.0), 0.0) && is_same(math_expm1(-0.0), -0.0));
    cr_assert(math_exp(0x1p-1074) == 1 && math_expm1(-0x1p-1074) == -0x1p-1074);
}

TEMPLATE_TEST(exp, bits_are_the_same_in_every_copy)
{
    check_bits(math_exp, -760, 740,
               "4514cd7bdedc53649ce52bd946efda8b73f81c345696ddffabbc1802e73a8205");
    check_bits(math_expm1, -760, 740,
               "9abe8da4801d3c821375928e3607a561a3d808078844f1c29ce2d20b4c45fac8");
}

TEMPLATE_TEST(exp, reals_are_rounded_once_and_right)
{
    check_real(real_exp, math_exp, expl, NULL, 0);
    check_real(real_expm1, math_expm1, expm1l, NULL, 0);
}
