/* The elementary functions of the reference copy against MPFR. */
#define LG_PRECISION     80
#define LG_ISA           generic
#define LARGEST_EXPONENT 16300

#include "engine/math/math.h"

#include <math.h>
#include <mpfr.h>

#include "tests/unit/template.h"

typedef int exact_function(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding);

struct function {
    const char *name;
    accumulator (*f)(accumulator);
    exact_function *exact;
    accumulator low, high; /* half of the arguments lie between */
    int smallest, largest; /* the rest has these exponents, of either sign */
};

/* Far more digits than a long double, so that pi x keeps its own. */
enum { DIGITS = 400 };

static int exact_cospi(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding)
{
    mpfr_t part, pi;
    mpfr_inits2(DIGITS, part, pi, (mpfr_ptr)NULL);
    mpfr_set_ui(pi, 2, rounding);
    mpfr_fmod(part, x, pi, rounding); /* exact */
    mpfr_abs(part, part, rounding);
    mpfr_const_pi(pi, rounding);
    mpfr_mul(pi, pi, part, rounding);
    if (!mpfr_number_p(part))
        mpfr_set_nan(y);
    else if (mpfr_cmp_d(part, 0.5) == 0 || mpfr_cmp_d(part, 1.5) == 0)
        mpfr_set_zero(y, 1);
    else
        mpfr_cos(y, pi, rounding);
    mpfr_clears(part, pi, (mpfr_ptr)NULL);
    return 0;
}

static const struct function functions[] = {
    {"exp", math_exp, mpfr_exp, -3, 3, -80, 13},
    {"expm1", math_expm1, mpfr_expm1, -3, 3, -80, 13},
    {"log", math_log, mpfr_log, 0, 3, -LARGEST_EXPONENT, LARGEST_EXPONENT},
    {"log1p", math_log1p, mpfr_log1p, -1, 3, -80, LARGEST_EXPONENT},
    {"tanh", math_tanh, mpfr_tanh, -3, 3, -80, 6},
    {"erf", math_erf, mpfr_erf, -6, 6, -80, 4},
    {"cospi", math_cospi, exact_cospi, -3, 3, -80, 40},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* What y is off the exact result, in units of the exact one's last place; infinity when one
 * of the two is not finite or no number and the other is something else. */
static double ulps_off_exact(const struct function *function, accumulator x, accumulator y)
{
    mpfr_t exact, got;
    mpfr_inits2(DIGITS, exact, got, (mpfr_ptr)NULL);
    mpfr_set_ld(exact, x, MPFR_RNDN);
    function->exact(exact, exact, MPFR_RNDN);
    const long double rounded = mpfr_get_ld(exact, MPFR_RNDN);
    double ulps = rounded == y || (rounded != rounded && y != y) ? 0 : __builtin_inf();
    if (isfinite(rounded) && isfinite(y) && rounded != 0) {
        const mpfr_exp_t own = mpfr_get_exp(exact);
        const mpfr_exp_t least = own < LDBL_MIN_EXP ? LDBL_MIN_EXP : own;
        mpfr_set_ld(got, y, MPFR_RNDN);
        mpfr_sub(got, got, exact, MPFR_RNDN);
        mpfr_div_2si(got, got, least - LDBL_MANT_DIG, MPFR_RNDN);
        ulps = fabs(mpfr_get_d(got, MPFR_RNDN));
    }
    mpfr_clears(exact, got, (mpfr_ptr)NULL);
    return ulps;
}

/* 64 random bits as a number of [0, 1). */
static accumulator uniform(struct lg_pcg *pcg)
{
    return ((accumulator)lg_pcg_next(pcg) + (accumulator)lg_pcg_next(pcg) * 0x1p-32L) * 0x1p-32L;
}

static accumulator argument(const struct function *function, struct lg_pcg *pcg, int i)
{
    if (i % 2)
        return function->low + (function->high - function->low) * uniform(pcg);
    const unsigned range = (unsigned)(function->largest - function->smallest);
    const int exponent = function->smallest + (int)lg_pcg_below(pcg, range);
    const accumulator x = ldexpl(1 + uniform(pcg), exponent);
    return i % 4 ? x : -x;
}

Test(reference_math, errors_are_below_their_bound)
{
    for (size_t f = 0; f < FUNCTIONS; f++) {
        const struct function *function = &functions[f];
        struct lg_pcg pcg = lg_pcg_seed(f, 80);
        double worst = 0;
        accumulator at = 0;
        for (int i = 0; i < 3000; i++) {
            const accumulator x = argument(function, &pcg, i);
            const double ulps = ulps_off_exact(function, x, function->f(x));
            at = ulps > worst ? x : at;
            worst = ulps > worst ? ulps : worst;
        }
        cr_log_info("%s: %.2f ulp at %La", function->name, worst, at);
        cr_expect(worst < 4, "%s is off by %.3f ulp at %La", function->name, worst, at);
        cr_expect(worst > 0.4, "%s is never off: is it MPFR's?", function->name);
    }
}

/* Limits, signs and where one way of computing ends and another begins. */
Test(reference_math, special_arguments)
{
    static const accumulator special[] = {
        0,
        LDBL_TRUE_MIN,
        LDBL_MIN,
        LDBL_EPSILON,
        0x1p-40L,
        0.25L,
        0.5L,
        0.75L,
        1,
        1.5L,
        2,
        11,
        11.999L,
        12,
        44,
        45.5L,
        100.5L,
        11355.5L,
        11356.5L,
        11357,
        11398,
        11433,
        11500,
        16383,
        0x1p63L,
        0x1p64L,
        LDBL_MAX / 2,
        LDBL_MAX,
        INFINITY,
        NAN,
        0.3125L,
        0x1.8p62L,
        0.34657L,
        0.34658L,
        1 - LDBL_EPSILON,
    };
    for (size_t f = 0; f < FUNCTIONS; f++)
        for (size_t i = 0; i < 2 * sizeof special / sizeof *special; i++) {
            const accumulator x = i % 2 ? -special[i / 2] : special[i / 2];
            const accumulator y = functions[f].f(x);
            const double ulps = ulps_off_exact(&functions[f], x, y);
            cr_expect(ulps < 4, "%s(%La) = %La is off by %.3f ulp", functions[f].name, x, y, ulps);
            if (x == 0 && y == 0)
                cr_expect_eq(signbit(x), signbit(y), "%s: the sign of 0", functions[f].name);
        }
}

Test(reference_math, exact_cosines)
{
    static const accumulator exact[] = {1, 0, -1, 0};
    for (int i = -9; i < 10; i++)
        cr_expect_eq(math_cospi(i * 0.5L), exact[(i + 12) % 4], "cospi(%d / 2)", i);
    cr_expect_eq(math_cospi(0x1p63L + 1), -1);
}

Test(reference_math, arrays_and_reals_are_the_same_functions)
{
    static void (*const all[])(accumulator *, const accumulator *, size_t) = {
        math_exp_all, math_expm1_all, math_log_all, math_log1p_all, math_tanh_all, math_erf_all};
    static void (*const reals[])(real *, const real *, size_t) = {
        real_exp_all, real_expm1_all, real_log_all, real_log1p_all, real_tanh_all, real_erf_all};
    static real (*const one[])(real) = {real_exp,   real_expm1, real_log,
                                        real_log1p, real_tanh,  real_erf};
    for (size_t f = 0; f < sizeof all / sizeof *all; f++) {
        accumulator x[3] = {0.125L, 0.7L, 1.75L}, y[3];
        all[f](y, x, 3);
        reals[f](x, x, 3);
        for (size_t i = 0; i < 3; i++) {
            const accumulator argument_of[] = {0.125L, 0.7L, 1.75L};
            cr_expect_eq(y[i], functions[f].f(argument_of[i]), "%s", functions[f].name);
            cr_expect_eq(x[i], y[i], "%s", functions[f].name);
            cr_expect_eq(one[f](argument_of[i]), y[i], "%s", functions[f].name);
        }
    }
}

Test(reference_math, roots)
{
    struct lg_pcg pcg = lg_pcg_seed(1, 80);
    for (int i = 0; i < 20000; i++) {
        const int exponent = (int)lg_pcg_below(&pcg, 2 * LARGEST_EXPONENT) - LARGEST_EXPONENT;
        const accumulator x = ldexpl(1 + uniform(&pcg), exponent), root = accumulator_sqrt(x);
        cr_assert(fabsl(root - sqrtl(x)) <= LDBL_EPSILON * root, "sqrt(%La)", x);
    }
    cr_expect_eq(accumulator_sqrt(0), 0);
    cr_expect_eq(accumulator_sqrt(INFINITY), (accumulator)INFINITY);
    cr_expect(isnan(accumulator_sqrt(-1)) && isnan(accumulator_sqrt(NAN)));
}
