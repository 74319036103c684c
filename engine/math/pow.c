#include "engine/base/real.h"

#if LG_PRECISION != 80 /* it has reference.c */

#include "engine/math/exact.h"
#include "engine/math/math.h"
#include "engine/math/parts.h"

/* x = m 2^k with m in [sqrt(1/2), sqrt(2)), for a finite x > 0. */
static double split(double x, double *k)
{
    const int is_small = x < 0x1p-1022;
    const uint64_t one = bits_of(1), root = bits_of(0x1.6a09e667f3bcdp-1);
    const uint64_t bits = bits_of(is_small ? x * 0x1p54 : x) + (one - root);
    *k = (double)(bits >> 52) - (is_small ? 1023 + 54 : 1023);
    return double_of((bits & ((UINT64_C(1) << 52) - 1)) + root);
}

/* 2^k for -1023 < k < 1024. */
static double power_of_two(int k)
{
    return double_of((uint64_t)(k + 1023) << 52);
}

/* x^p = 2^(k p) m^p: k p to twice the digits, its whole part a power of two, so that only
 * p log m, at most 0.35 p, and a fraction of ln 2 are left to the exponential. */
double math_pow(double x, double p)
{
    if (!(x > 0 && x < __builtin_inf()))
        return x < 0 ? __builtin_nan("") : x;
    double k;
    const double m = split(x, &k);
    const struct twofold power = exact_product(k, p);
    if (power.high < -1700 || power.high > 1700) /* beyond the range by more than m^p */
        return power.high < 0 ? 0 : __builtin_inf();
    const int whole = (int)(power.high + (power.high < 0 ? -0.5 : 0.5)), first = whole / 2;
    const double rest = (power.high - whole) + power.low;
    const double y = math_exp(p * math_log(m) + rest * (LN2_HIGH + LN2_LOW));
    return y * power_of_two(first) * power_of_two(whole - first);
}

#endif
