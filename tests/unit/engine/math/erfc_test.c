#include "engine/math/math.h"

#include <mpfr.h>

#include "tests/unit/elementary.h"

enum { DIGITS = 200, POINTS = 3000 };

typedef void exact_function(mpfr_t y, double x, double p);

static void exact_erfc(mpfr_t y, double x, double p)
{
    (void)p;
    mpfr_set_d(y, x, MPFR_RNDN);
    mpfr_erfc(y, y, MPFR_RNDN);
}

static void exact_erfcx(mpfr_t y, double x, double p)
{
    mpfr_t square;
    mpfr_init2(square, DIGITS);
    mpfr_set_d(square, x, MPFR_RNDN);
    mpfr_sqr(square, square, MPFR_RNDN);
    mpfr_exp(square, square, MPFR_RNDN);
    exact_erfc(y, x, p);
    mpfr_mul(y, y, square, MPFR_RNDN);
    mpfr_clear(square);
}

static void exact_pow(mpfr_t y, double x, double p)
{
    mpfr_t power;
    mpfr_init2(power, DIGITS);
    mpfr_set_d(power, p, MPFR_RNDN);
    mpfr_set_d(y, x, MPFR_RNDN);
    mpfr_pow(y, y, power, MPFR_RNDN);
    mpfr_clear(power);
}

/* In units of the exact result's last place. */
static double ulps_from(exact_function *exact, double x, double p, double got)
{
    mpfr_t y;
    mpfr_init2(y, DIGITS);
    exact(y, x, p);
    const double value = mpfr_get_d(y, MPFR_RNDN);
    mpfr_sub_d(y, y, got, MPFR_RNDN);
    const double rest = mpfr_get_d(y, MPFR_RNDN);
    mpfr_clear(y);
    return value == got && !(fabs(value) < __builtin_inf()) ? 0 : fabs(rest / ulp_of(value));
}

TEMPLATE_TEST(erfc, error_is_below_its_bound)
{
    struct lg_pcg pcg = lg_pcg_seed(64, 1);
    for (int i = 0; i < POINTS; i++) {
        const double x = 34 * lg_pcg_uniform(&pcg) - 6, near = 28 * lg_pcg_uniform(&pcg);
        const double small = i % 2 ? x : x / 10;
        const double off = ulps_from(exact_erfc, small, 0, math_erfc(small));
        cr_assert_leq(off, 6, "erfc(%a) is off by %.2f ulp", small, off);
        const double off_x = ulps_from(exact_erfcx, near, 0, math_erfcx(near));
        cr_assert_leq(off_x, 5, "erfcx(%a) is off by %.2f ulp", near, off_x);
    }
}

TEMPLATE_TEST(erfc, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_erfc(nan) != math_erfc(nan));
    cr_assert(math_erfc(infinity) == 0 && math_erfc(-infinity) == 2);
    cr_assert(math_erfc(0.0) == 1 && math_erfc(-0.0) == 1);
    cr_assert(math_erfc(30) == 0 && math_erfc(-30) == 2);
}

TEMPLATE_TEST(erfc, arrays_have_the_bits_of_single_calls)
{
    double x[50], y[50];
    for (int i = 0; i < 50; i++)
        x[i] = 28 * i / 49.0;
    math_erfcx_all(y, x, 50);
    for (int i = 0; i < 50; i++)
        cr_assert(is_same(y[i], math_erfcx(x[i])), "erfcx(%a)", x[i]);
}

/* x of any magnitude, so that p log x would be off by many units. */
TEMPLATE_TEST(pow, error_is_below_its_bound)
{
    struct lg_pcg pcg = lg_pcg_seed(65, 1);
    for (int i = 0; i < POINTS; i++) {
        const double p = i % 3 == 0   ? 2
                         : i % 3 == 1 ? 100 * lg_pcg_uniform(&pcg) + 0.01
                                      : 3 * lg_pcg_uniform(&pcg) + 0.01;
        const double x = exp2(-1000 / p * lg_pcg_uniform(&pcg)) * (1 + lg_pcg_uniform(&pcg));
        const double off = ulps_from(exact_pow, x, p, math_pow(x, p));
        cr_assert_leq(off, 2 + 0.6 * p, "%a^%a is off by %.2f ulp", x, p, off);
    }
}

TEMPLATE_TEST(pow, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(is_same(math_pow(0, 2), 0.0) && math_pow(1, 3.5) == 1 && math_pow(4, 0.5) == 2);
    cr_assert(math_pow(infinity, 2) == infinity && math_pow(nan, 2) != math_pow(nan, 2));
    cr_assert(math_pow(-1, 2) != math_pow(-1, 2));
    cr_assert(math_pow(0x1p-1000, 2) == 0 && math_pow(0x1p600, 2) == infinity);
    cr_assert(math_pow(0x1p-1074, 1) == 0x1p-1074 && math_pow(0x1p-537, 2) == 0x1p-1074);
}

TEMPLATE_TEST(erfc, bits_are_the_same_in_every_copy)
{
    check_bits(math_erfc, -7, 28,
               "07145b8ad0e5f9206a3954b1651a0da5affe6af66d646879f6d3b36a13e0839e");
}
