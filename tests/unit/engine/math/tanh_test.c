#include "engine/math/math.h"

#include "tests/unit/elementary.h"

/* tests/golden/errors.c finds 2.34. */
TEMPLATE_TEST(tanh, error_is_below_its_bound)
{
    check_error("tanh", math_tanh, 2.5);
}

TEMPLATE_TEST(tanh, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_tanh(nan) != math_tanh(nan));
    cr_assert(math_tanh(infinity) == 1 && math_tanh(-infinity) == -1);
    for (double x = 20; x < 0x1p1020; x *= 1.3)
        cr_assert(math_tanh(x) == 1 && math_tanh(-x) == -1, "at %a", x);
    cr_assert(is_same(math_tanh(0.0), 0.0) && is_same(math_tanh(-0.0), -0.0));
    cr_assert(math_tanh(0x1p-1074) == 0x1p-1074 && math_tanh(-0x1p-1074) == -0x1p-1074);
}

TEMPLATE_TEST(tanh, bits_are_the_same_in_every_copy)
{
    check_bits(math_tanh, -22, 22,
               "ecfb4d345acb7dec1351e38d0348dbca0a2dc1b60614e68e23724844e7864ac7");
}

TEMPLATE_TEST(tanh, reals_are_rounded_once_and_right)
{
    check_real(real_tanh, math_tanh, tanhl, NULL, 0);
}
