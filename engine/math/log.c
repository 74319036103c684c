#include "engine/base/real.h"

#if LG_PRECISION != 80 /* it has reference.c */

#include "engine/math/math.h"
#include "engine/math/parts.h"

/* x = m * 2^*k with m in [sqrt(1/2), sqrt(2)), for a normal x > 0. */
ALWAYS_INLINE double split(double x, double *k)
{
    const uint64_t one = bits_of(1), root = bits_of(0x1.6a09e667f3bcdp-1);
    const uint64_t bits = bits_of(x) + (one - root);
    /* In the last bits of 2^52 a whole number is itself: not every vector unit can
     * convert one of 64 bits. */
    *k = double_of((bits >> 52) | bits_of(0x1p52)) - (0x1p52 + 1023);
    return double_of((bits & ((UINT64_C(1) << 52) - 1)) + root);
}

/* k ln 2 + log(1 + f) + low, |low| tiny. With s = f / (2 + f), log(1 + f) is
 * 2 artanh(s) = 2 s + s r(s^2), and 2 s = f - s f: so f, which is exact, stands
 * apart from the rest, which is small. |s| < 0.172; the series to s^21 leaves out
 * less than 2^-59 of the result. */
ALWAYS_INLINE double log_from(double k, double f, double low)
{
    static const double series[] = {
        0x1.5555555555555p-1, 0x1.999999999999ap-2, 0x1.2492492492492p-2, 0x1.c71c71c71c71cp-3,
        0x1.745d1745d1746p-3, 0x1.3b13b13b13b14p-3, 0x1.1111111111111p-3, 0x1.e1e1e1e1e1e1ep-4,
        0x1.af286bca1af28p-4, 0x1.8618618618618p-4,
    }; /* 2/3, 2/5, ..., 2/21 */
    const double s = f / (2 + f), z = s * s;
    const double r = z * polynomial(series, 10, z);
    return k * LN2_HIGH + (f - (s * (f - r) - (k * LN2_LOW + low)));
}

/* y, or what the function gives where it is no ordinary number; x counts from the
 * argument where the function is -infinity. */
ALWAYS_INLINE double with_limits(double x, double y)
{
    const double infinity = __builtin_inf();
    y = where(x > 0, y, -infinity);
    y = where(x < 0, __builtin_nan(""), y);
    return where(x < infinity, y, x); /* infinity and NaN */
}

ALWAYS_INLINE double log_of(double x)
{
    double k;
    const int is_small = x < 0x1p-1022; /* subnormal numbers become normal */
    const double m = split(x * where(is_small, 0x1p54, 1), &k);
    return with_limits(x, log_from(k - where(is_small, 54, 0), m - 1, 0));
}

ALWAYS_INLINE double log1p_of(double x)
{
    double k;
    const double u = 1 + x;
    const double lost = where(x < 1, x - (u - 1), 1 - (u - x)); /* what rounding took from u */
    const double m = split(u, &k), low = lost / u;
    const double y = log_from(k, where(k == 0, x, m - 1), where(k == 0, 0, low));
    return where(x == 0, x, with_limits(u, y));
}

double math_log(double x)
{
    return log_of(x);
}

double math_log1p(double x)
{
    return log1p_of(x);
}

void math_log_all(double *y, const double *x, size_t n)
{
    each_double(log_of, y, x, n);
}

void math_log1p_all(double *y, const double *x, size_t n)
{
    each_double(log1p_of, y, x, n);
}

ALWAYS_INLINE real real_log_of(real x)
{
    static const struct close_call calls[] = {
        {0x1.827a74p-7, -0x1.1c2b1ep+2}, {0x1.2f1fd6p+3, 0x1.1fcbcep+1},
        {0x1.bacb4ap+25, 0x1.1e0696p+4}, {0x1.b121a6p+76, 0x1.a9a3f2p+5},
        {0x1.6351d8p+95, 0x1.08b512p+6},
    };
    return rounded(x, log_of((double)x), calls, sizeof calls / sizeof *calls);
}

ALWAYS_INLINE real real_log1p_of(real x)
{
    static const struct close_call calls[] = {
        {0x1.800006p-21, 0x1.7ffffep-21},   {0x1.200036p-17, 0x1.1fffe6p-17},
        {0x1.fb035ap-2, 0x1.9bddc2p-2},     {0x1.0f1fd6p+3, 0x1.1fcbcep+1},
        {0x1.b121a6p+76, 0x1.a9a3f2p+5},    {0x1.6351d8p+95, 0x1.08b512p+6},
        {-0x1.7ffffap-21, -0x1.800002p-21}, {-0x1.1fffcap-17, -0x1.20001ap-17},
        {-0x1.1d9188p-9, -0x1.1de14ap-9},
    };
    return rounded(x, log1p_of((double)x), calls, sizeof calls / sizeof *calls);
}

real real_log(real x)
{
    return real_log_of(x);
}

real real_log1p(real x)
{
    return real_log1p_of(x);
}

void real_log_all(real *y, const real *x, size_t n)
{
    each_real(real_log_of, y, x, n);
}

void real_log1p_all(real *y, const real *x, size_t n)
{
    each_real(real_log1p_of, y, x, n);
}

#endif
