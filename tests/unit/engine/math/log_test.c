#include "engine/math/math.h"

#include "tests/unit/elementary.h"

/* tests/golden/errors.c finds 0.87 and 0.85. */
TEMPLATE_TEST(log, error_is_below_its_bound)
{
    check_error("log", math_log, 0.9);
}

TEMPLATE_TEST(log, log1p_error_is_below_its_bound)
{
    check_error("log1p", math_log1p, 0.9);
}

TEMPLATE_TEST(log, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_log(nan) != math_log(nan) && math_log1p(nan) != math_log1p(nan));
    cr_assert(math_log(infinity) == infinity && math_log1p(infinity) == infinity);
    cr_assert(math_log(0.0) == -infinity && math_log(-0.0) == -infinity);
    cr_assert(math_log1p(-1) == -infinity);
    cr_assert(is_same(math_log(-1), nan) && is_same(math_log(-infinity), nan));
    cr_assert(is_same(math_log(-0x1p-1074), nan));
    cr_assert(is_same(math_log1p(-0x1.0000000000001p0), nan));
    cr_assert(is_same(math_log1p(-infinity), nan));
    cr_assert(is_same(math_log(1), 0.0));
    cr_assert(is_same(math_log1p(0.0), 0.0) && is_same(math_log1p(-0.0), -0.0));
    cr_assert(math_log1p(0x1p-1074) == 0x1p-1074 && math_log1p(-0x1p-1074) == -0x1p-1074);
}

/* A subnormal number's logarithm is 54 ln 2 less than its 2^54-fold's. */
TEMPLATE_TEST(log, subnormal_arguments)
{
    for (double x = 0x1p-1074; x < 0x1p-1022; x *= 1.7) {
        const double expected = math_log(x * 0x1p54) - 0x1.2b708872320e2p5;
        cr_assert(fabs(math_log(x) - expected) <= 0x1p-42, "log(%a) = %a", x, math_log(x));
    }
}

TEMPLATE_TEST(log, bits_are_the_same_in_every_copy)
{
    check_bits(math_log, 0, 1e9,
               "d9f0b381ea94b1a91c6c39f613333c0f8506c98e8debe65a855e26929f5ab4b3");
    check_bits(math_log1p, -1, 1e9,
               "cbb7ba6e665c6d8677e9bb2649f14c3f847b24ef21edf57b6e81c44a7e156394");
}

TEMPLATE_TEST(log, reals_are_rounded_once_and_right)
{
    static const struct close_float of_log[] = {
        {0x1.827a74p-7f, -0x1.1c2b1ep+2f}, {0x1.2f1fd6p+3f, 0x1.1fcbcep+1f},
        {0x1.bacb4ap+25f, 0x1.1e0696p+4f}, {0x1.b121a6p+76f, 0x1.a9a3f2p+5f},
        {0x1.6351d8p+95f, 0x1.08b512p+6f},
    };
    static const struct close_float of_log1p[] = {
        {0x1.800006p-21f, 0x1.7ffffep-21f},   {0x1.200036p-17f, 0x1.1fffe6p-17f},
        {0x1.fb035ap-2f, 0x1.9bddc2p-2f},     {0x1.0f1fd6p+3f, 0x1.1fcbcep+1f},
        {0x1.b121a6p+76f, 0x1.a9a3f2p+5f},    {0x1.6351d8p+95f, 0x1.08b512p+6f},
        {-0x1.7ffffap-21f, -0x1.800002p-21f}, {-0x1.1fffcap-17f, -0x1.20001ap-17f},
        {-0x1.1d9188p-9f, -0x1.1de14ap-9f},
    };
    check_real(real_log, math_log, logl, of_log, sizeof of_log / sizeof *of_log);
    check_real(real_log1p, math_log1p, log1pl, of_log1p, sizeof of_log1p / sizeof *of_log1p);
}
