#include "engine/base/real.h"

#if LG_PRECISION != 80 /* it has reference.c */

#include "engine/math/math.h"
#include "engine/math/parts.h"

static const double LOG2_E = 0x1.71547652b82fep+0;
/* Adding and taking away 1.5 * 2^52 rounds to a whole number; between the two, that
 * number stands in the last bits. */
static const double ROUNDER = 0x1.8p52;

/* 2^k for -1023 < k < 1024, k modulo 2^64. */
ALWAYS_INLINE double power_of_two(uint64_t k)
{
    return double_of((k + 1023) << 52);
}

/* (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2: Taylor's series to r^13; what is left
 * out is below 2^-57 of e^r - 1. */
ALWAYS_INLINE double tail_polynomial(double r)
{
    static const double inverse_factorial[] = {
        0x1p-1,
        0x1.5555555555555p-3,
        0x1.5555555555555p-5,
        0x1.1111111111111p-7,
        0x1.6c16c16c16c17p-10,
        0x1.a01a01a01a01ap-13,
        0x1.a01a01a01a01ap-16,
        0x1.71de3a556c734p-19,
        0x1.27e4fb7789f5cp-22,
        0x1.ae64567f544e4p-26,
        0x1.1eed8eff8d898p-29,
        0x1.6124613a86d09p-33,
    }; /* 1/2!, 1/3!, ..., 1/13! */
    return polynomial(inverse_factorial, 12, r);
}

/* e^r - 1 with x = k ln 2 + r, |r| <= ln 2 / 2; k modulo 2^64. Where |x| > 1000, neither
 * means anything; for NaN it is NaN. */
ALWAYS_INLINE double expm1_reduced(double x, uint64_t *k)
{
    const double shifted = x * LOG2_E + ROUNDER, whole = shifted - ROUNDER;
    const double high = x - whole * LN2_HIGH, low = whole * LN2_LOW;
    const double r = high - low;
    const double lost = (high - r) - low; /* what rounding took from r */
    *k = bits_of(shifted) - bits_of(ROUNDER);
    return r + (r * r * tail_polynomial(r) + (lost + lost * r));
}

ALWAYS_INLINE double expm1_of(double x)
{
    uint64_t k;
    const double p = expm1_reduced(x, &k);
    /* 2^k p + (2^k - 1), by halves: 2^1024 is no double. */
    const double half = power_of_two(k - 1);
    double y = (half * p + (half - 0.5)) * 2;
    y = where(x > 709.79, __builtin_inf(), y);
    y = where(x < -40, -1, y);
    /* Far below, half of p might lose a bit; keeps the sign of zero, and NaN. */
    return where(__builtin_fabs(x) >= 0x1p-60, y, x);
}

ALWAYS_INLINE double exp_of(double x)
{
    uint64_t k;
    const double p = 1 + expm1_reduced(x, &k);
    /* In two steps, so that neither power of two leaves the range. k + 2046 is not
     * negative where the result is not decided below. */
    const uint64_t first = (k + 2046) >> 1, second = k + 2046 - first;
    double y = p * power_of_two(first - 1023) * power_of_two(second - 1023);
    y = where(x > 709.79, __builtin_inf(), y);
    y = where(x < -745.14, 0, y);
    return where(x != x, x, y);
}

ALWAYS_INLINE double tanh_of(double x)
{
    const double magnitude = __builtin_fabs(x);
    uint64_t k;
    const double p = expm1_reduced(2 * magnitude, &k), scale = power_of_two(k);
    const double e = scale * p + (scale - 1), t = e / (e + 2); /* e: expm1(2 |x|) */
    /* Beyond 20, 1 - tanh is below half an ulp of 1. */
    return __builtin_copysign(where(magnitude > 20, 1, t), x);
}

double math_expm1(double x)
{
    return expm1_of(x);
}

double math_exp(double x)
{
    return exp_of(x);
}

double math_tanh(double x)
{
    return tanh_of(x);
}

void math_expm1_all(double *y, const double *x, size_t n)
{
    each_double(expm1_of, y, x, n);
}

void math_exp_all(double *y, const double *x, size_t n)
{
    each_double(exp_of, y, x, n);
}

void math_tanh_all(double *y, const double *x, size_t n)
{
    each_double(tanh_of, y, x, n);
}

ALWAYS_INLINE real real_expm1_of(real x)
{
    return (real)expm1_of((double)x);
}

ALWAYS_INLINE real real_exp_of(real x)
{
    return (real)exp_of((double)x);
}

ALWAYS_INLINE real real_tanh_of(real x)
{
    return (real)tanh_of((double)x);
}

real real_expm1(real x)
{
    return real_expm1_of(x);
}

real real_exp(real x)
{
    return real_exp_of(x);
}

real real_tanh(real x)
{
    return real_tanh_of(x);
}

void real_expm1_all(real *y, const real *x, size_t n)
{
    each_real(real_expm1_of, y, x, n);
}

void real_exp_all(real *y, const real *x, size_t n)
{
    each_real(real_exp_of, y, x, n);
}

void real_tanh_all(real *y, const real *x, size_t n)
{
    each_real(real_tanh_of, y, x, n);
}

#endif
