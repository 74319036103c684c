/* What the functions of this folder share. */
#ifndef LG_MATH_PARTS_H
#define LG_MATH_PARTS_H

#include <string.h>

#include "engine/base/real.h"

/* ln 2 in two parts; the first has 32 bits, so that k * first is exact for the k
 * that occur (|k| <= 1075, 11 bits): floor(ln 2 * 2^32) / 2^32 and the rest. */
static const double LN2_HIGH = 0x1.62e42feep-1;
static const double LN2_LOW = 0x1.a39ef35793c76p-33;

/* c[0] + c[1] x + ... + c[terms - 1] x^(terms - 1), from the inside out. */
static inline double polynomial(const double *c, int terms, double x)
{
    double p = c[terms - 1];
    for (int i = terms - 2; i >= 0; i--)
        p = p * x + c[i];
    return p;
}

static inline uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static inline double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* An argument whose result lies nearer to half way between two floats than f64 can
 * tell, and the float that is right. Found by tests/golden/every_float.c. */
struct close_call {
    real x, y;
};

/* y = f(x) as a real: rounded, or what a close call in f32 says. */
static inline real rounded(real x, double y, const struct close_call *calls, int count)
{
    real result = (real)y;
    for (int i = 0; LG_PRECISION == 32 && i < count; i++)
        result = x == calls[i].x ? calls[i].y : result;
    return result;
}

#endif
