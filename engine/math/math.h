/* Elementary functions in tree: no libm reaches a result (docs/adr/0001, rule 5).
 *
 * Those of `accumulator` are f64's in the f32 and f64 copies. The reference copy has its own, of
 * long double (reference.c): slow, and off by less than 4 ulp of a long double.
 *
 * The f64 functions are fixed polynomials in plain IEEE operations, the same bits
 * everywhere. Errors are the largest found against MPFR over 6 million points;
 * tests/golden/math.csv holds the worst, tests/golden/constants.py computes the constants.
 * docs/numerics.md has the table. */
#ifndef LG_MATH_MATH_H
#define LG_MATH_MATH_H

#include <stddef.h>

#include "engine/base/real.h"

#define math_exp   LG_SYMBOL(math_exp)
#define math_expm1 LG_SYMBOL(math_expm1)
#define math_log   LG_SYMBOL(math_log)
#define math_log1p LG_SYMBOL(math_log1p)
#define math_tanh  LG_SYMBOL(math_tanh)
#define math_erf   LG_SYMBOL(math_erf)
#define math_erfc  LG_SYMBOL(math_erfc)
#define math_erfcx LG_SYMBOL(math_erfcx)
#define math_pow   LG_SYMBOL(math_pow)
#define math_cospi LG_SYMBOL(math_cospi)

/* e^x. NaN for NaN, 0 below the smallest subnormal's logarithm, infinity above
 * the largest number's. Error: 0.82 ulp. */
accumulator math_exp(accumulator x);

/* e^x - 1, accurate near 0. Error: 1.42 ulp. */
accumulator math_expm1(accumulator x);

/* The natural logarithm. NaN below 0, -infinity at 0. Error: 0.87 ulp. */
accumulator math_log(accumulator x);

/* log(1 + x), accurate near 0. NaN below -1, -infinity at -1. Error: 0.86 ulp. */
accumulator math_log1p(accumulator x);

/* The hyperbolic tangent, odd. Error: 2.34 ulp. */
accumulator math_tanh(accumulator x);

/* The error function, 2 / sqrt(pi) times the integral of e^(-t^2) from 0 to x, odd.
 * Error: 1.35 ulp. */
accumulator math_erf(accumulator x);

/* 1 - erf(x) without cancellation, down to the smallest subnormal. Error: below 6 ulp. */
accumulator math_erfc(accumulator x);

/* e^(x^2) (1 - erf(x)), which e^(-x^2) makes erfc of, for 0 <= x <= 28 (in the reference copy
 * for all x >= 0). Error: below 5 ulp. */
accumulator math_erfcx(accumulator x);

/* x^p for x >= 0 and 0 < p <= 1000, without the error of p log x, which grows with it. NaN
 * below 0. Error: below 2 + 0.6 p ulp. */
accumulator math_pow(accumulator x, accumulator p);

/* factor e^x where e^x alone might be subnormal or overflow and their product is not. */
static inline accumulator exp_times(accumulator x, accumulator factor)
{
    if (factor == 0 && x == x) /* however large e^x */
        return factor;
    if (accumulator_abs(x) < 700)
        return factor * math_exp(x);
    const accumulator half = math_exp(x / 2);
    return factor * half * half;
}

/* cos(pi x), even, period 2, exact where the result is 0, 1 or -1; NaN at the infinities.
 * sin(pi x) is math_cospi(x - 0.5) where that difference is exact. Error: below 2 ulp
 * (tests/unit/engine/math/cos_test.c). */
accumulator math_cospi(accumulator x);

#define math_exp_all   LG_SYMBOL(math_exp_all)
#define math_expm1_all LG_SYMBOL(math_expm1_all)
#define math_log_all   LG_SYMBOL(math_log_all)
#define math_log1p_all LG_SYMBOL(math_log1p_all)
#define math_tanh_all  LG_SYMBOL(math_tanh_all)
#define math_erf_all   LG_SYMBOL(math_erf_all)
#define math_erfcx_all LG_SYMBOL(math_erfcx_all)

/* y[i] = math_<name>(x[i]) for i < n, with the same bits and several times as fast:
 * these are the loops that vectorise. x, y: (n), any alignment; y may be x, else they do
 * not overlap. */
void math_exp_all(accumulator *y, const accumulator *x, size_t n);
void math_expm1_all(accumulator *y, const accumulator *x, size_t n);
void math_log_all(accumulator *y, const accumulator *x, size_t n);
void math_log1p_all(accumulator *y, const accumulator *x, size_t n);
void math_tanh_all(accumulator *y, const accumulator *x, size_t n);
void math_erf_all(accumulator *y, const accumulator *x, size_t n);
void math_erfcx_all(accumulator *y, const accumulator *x, size_t n);

#define real_exp   LG_SYMBOL(real_exp)
#define real_expm1 LG_SYMBOL(real_expm1)
#define real_log   LG_SYMBOL(real_log)
#define real_log1p LG_SYMBOL(real_log1p)
#define real_tanh  LG_SYMBOL(real_tanh)
#define real_erf   LG_SYMBOL(real_erf)

/* The functions of a real. In f32 the f64 result, rounded once, and correctly so for every
 * float: tests/golden/every_float.c proves it. Elsewhere the functions above. */
real real_exp(real x);
real real_expm1(real x);
real real_log(real x);
real real_log1p(real x);
real real_tanh(real x);
real real_erf(real x);

#define real_exp_all   LG_SYMBOL(real_exp_all)
#define real_expm1_all LG_SYMBOL(real_expm1_all)
#define real_log_all   LG_SYMBOL(real_log_all)
#define real_log1p_all LG_SYMBOL(real_log1p_all)
#define real_tanh_all  LG_SYMBOL(real_tanh_all)
#define real_erf_all   LG_SYMBOL(real_erf_all)

/* y[i] = real_<name>(x[i]) for i < n, as above. */
void real_exp_all(real *y, const real *x, size_t n);
void real_expm1_all(real *y, const real *x, size_t n);
void real_log_all(real *y, const real *x, size_t n);
void real_log1p_all(real *y, const real *x, size_t n);
void real_tanh_all(real *y, const real *x, size_t n);
void real_erf_all(real *y, const real *x, size_t n);

#endif
