#include "engine/math/math.h"
#include "engine/math/parts.h"

static const double LOG2_E = 0x1.71547652b82fep+0;
/* Adding and taking away 1.5 * 2^52 rounds to a whole number. */
static const double ROUNDER = 0x1.8p52;

static double power_of_two(int k)
{
    return double_of((uint64_t)(k + 1023) << 52);
}

/* (e^r - 1 - r) / r^2 for |r| <= ln 2 / 2: Taylor's series to r^13; what is left
 * out is below 2^-57 of e^r - 1. */
static double tail_polynomial(double r)
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

double math_expm1(double x)
{
    if (x != x)
        return x;
    if (x > 709.79)
        return __builtin_inf();
    if (x < -40)
        return -1;
    const double k = (x * LOG2_E + ROUNDER) - ROUNDER;
    const double high = x - k * LN2_HIGH, low = k * LN2_LOW;
    const double r = high - low;
    const double lost = (high - r) - low; /* what rounding took from r */
    const double p = r + (r * r * tail_polynomial(r) + (lost + lost * r));
    if (k == 0)
        return x == 0 ? x : p; /* keeps the sign of zero */
    if (k == 1024)             /* 2^1024 is no double */
        return (p * 0x1p1023 + (0x1p1023 - 0.5)) * 2;
    const double scale = power_of_two((int)k);
    return scale * p + (scale - 1);
}

double math_exp(double x)
{
    if (x != x)
        return x;
    if (x > 709.79)
        return __builtin_inf();
    if (x < -745.14)
        return 0;
    const double k = (x * LOG2_E + ROUNDER) - ROUNDER;
    const double high = x - k * LN2_HIGH, low = k * LN2_LOW;
    const double r = high - low;
    const double lost = (high - r) - low;
    const double y = 1 + (r + (r * r * tail_polynomial(r) + (lost + lost * r)));
    /* In two steps, so that neither power of two leaves the range. */
    const int half = (int)k / 2;
    return y * power_of_two(half) * power_of_two((int)k - half);
}

real real_exp(real x)
{
    return (real)math_exp((double)x);
}

real real_expm1(real x)
{
    return (real)math_expm1((double)x);
}
