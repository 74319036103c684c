#include "harness/gradcheck/elementary.h"

#include <float.h>
#include <math.h>

/* ln 2 in two parts: a whole factor of 16 bits times the first is exact. */
static const long double LN2_HIGH = 0x1.62e42fefa39p-1L;
static const long double LN2_LOW = 0x1.de6af278ece600fcbdabd03cd0cap-46L;
static const long double PI = 0x1.921fb54442d18469898cc51701b8p+1L;

static long double shifted(long double x, int exponent)
{
    for (; exponent > 1000; exponent -= 1000)
        x *= 0x1p1000L;
    for (; exponent < -1000; exponent += 1000)
        x *= 0x1p-1000L;
    const double factor = __builtin_ldexp(1, exponent);
    return x * (long double)factor;
}

/* x = m 2^exponent with m in [1/sqrt 2, sqrt 2). */
static long double split(long double x, int *exponent)
{
    *exponent = 0;
    for (; x >= 0x1p64L; *exponent += 64)
        x *= 0x1p-64L;
    for (; x < 0x1p-64L; *exponent -= 64)
        x *= 0x1p64L;
    for (; x >= 1.41421356237309504880L; ++*exponent)
        x /= 2;
    for (; x < 0.70710678118654752440L; --*exponent)
        x *= 2;
    return x;
}

/* A double's root, and two steps of Newton's, each of which doubles the digits. */
long double elementary_sqrt(long double x)
{
    if (!(x > 0) || x - x != 0)
        return x < 0 ? (long double)NAN : x;
    int exponent;
    long double m = split(x, &exponent);
    if (exponent % 2 != 0) {
        m *= 2;
        exponent--;
    }
    long double y = (long double)__builtin_sqrt((double)m);
    for (int step = 0; step < 2; step++)
        y = (y + m / y) / 2;
    return shifted(y, exponent / 2);
}

long double elementary_exp(long double x)
{
    if (!(x < 12000 && x > -12000)) /* beyond a long double, or near its end */
        return x > 0 ? (long double)INFINITY : x < 0 ? 0 : x;
    const int n = (int)(x / LN2_HIGH + (x < 0 ? -0.5L : 0.5L));
    const long double r = (x - (long double)n * LN2_HIGH) - (long double)n * LN2_LOW;
    long double sum = 1;
    for (int k = 30; k > 0; k--) /* Horner: 0.35^30 / 30! is beyond any digit */
        sum = 1 + r * sum / (long double)k;
    return shifted(sum, n);
}

/* 2 artanh((m - 1) / (m + 1)) and the exponent's part. */
long double elementary_log(long double x)
{
    if (!(x > 0) || x - x != 0)
        return x == 0 ? -(long double)INFINITY : x < 0 ? (long double)NAN : x;
    int exponent;
    const long double m = split(x, &exponent), z = (m - 1) / (m + 1), square = z * z;
    long double sum = 0;
    for (int k = 51; k > 0; k -= 2)
        sum = 1 / (long double)k + square * sum;
    const long double n = (long double)exponent;
    return n * LN2_HIGH + (n * LN2_LOW + 2 * z * sum);
}

/* The angle folded into [0, 1/2]: of what is left a cosine or, beyond 1/4, a sine. */
long double elementary_cospi(long double x)
{
    x = x < 0 ? -x : x;
    x -= 2 * (long double)(long long)(x / 2);
    x = x > 1 ? 2 - x : x;
    const long double sign = x > 0.5L ? -1 : 1;
    x = x > 0.5L ? 1 - x : x;
    const int is_sine = x > 0.25L;
    const long double angle = PI * (is_sine ? 0.5L - x : x), square = angle * angle;
    long double sum = 1;
    for (int k = 30 + is_sine; k > 1; k -= 2)
        sum = 1 - square * sum / (long double)(k * (k - 1));
    return sign * (is_sine ? angle * sum : sum);
}

long double elementary_power(long double x, unsigned long long n)
{
    long double power = 1;
    for (; n > 0; n /= 2, x *= x)
        if (n % 2 != 0)
            power *= x;
    return power;
}

long double elementary_pow(long double x, long double y)
{
    if (y == 0 || x == 1)
        return 1;
    return x == 0 ? 0 : elementary_exp(y * elementary_log(x));
}
