/* Parts that the functions of this folder share. */
#ifndef LG_MATH_PARTS_H
#define LG_MATH_PARTS_H

#include "engine/base/real.h"
#include "engine/math/each.h"

/* ln 2 in two parts; the first has 32 bits, so that k * first is exact for the k
 * that occur (|k| <= 1075, 11 bits): floor(ln 2 * 2^32) / 2^32 and the rest. */
static const double LN2_HIGH = 0x1.62e42feep-1;
static const double LN2_LOW = 0x1.a39ef35793c76p-33;

/* c[0] + c[1] x + ... + c[terms - 1] x^(terms - 1), from the inside out. */
ALWAYS_INLINE double polynomial(const double *c, int terms, double x)
{
    double p = c[terms - 1];
    for (int i = terms - 2; i >= 0; i--)
        p = p * x + c[i];
    return p;
}

/* An argument whose result lies nearer to half way between two floats than f64 can
 * tell, and the float that is right. Found by tests/golden/every_float.c. */
struct close_call {
    real x, y;
};

/* y = f(x) as a real: rounded, or what a close call in f32 says. */
ALWAYS_INLINE real rounded(real x, double y, const struct close_call *calls, int count)
{
    real result = (real)y;
    for (int i = 0; LG_PRECISION == 32 && i < count; i++)
        result = where_real(x == calls[i].x, calls[i].y, result);
    return result;
}

#endif
