/* a * b + c rounded once, for CPUs without FMA instructions. */
#ifndef LG_KERNEL_SOFT_FMA_H
#define LG_KERNEL_SOFT_FMA_H

#include <string.h>

#include "engine/base/real.h"

#define soft_fmaf LG_SYMBOL(soft_fmaf)
#define soft_fma  LG_SYMBOL(soft_fma)

/* Exact in binary32: the product of two floats is exact in binary64, the sum is
 * rounded to odd there, and rounding that to binary32 is then right (S. Boldo,
 * G. Melquiond, "Emulation of FMA and correctly rounded sums", IEEE TC 57(4),
 * 2008, theorem 3, doi:10.1109/TC.2007.70819). */
float soft_fmaf(float a, float b, float c);

/* Exact in binary64, by 128-bit integers. Any NaN in or made is a quiet NaN. */
double soft_fma(double a, double b, double c);

/* In the reference copy, which has digits to spare, rounded twice. */
static inline real exact_fma(real a, real b, real c)
{
#if LG_PRECISION == 80
    return a * b + c;
#elif LG_PRECISION == 32
#ifdef __FP_FAST_FMAF
    return __builtin_fmaf(a, b, c);
#else
    return soft_fmaf(a, b, c);
#endif
#else
#ifdef __FP_FAST_FMA
    return __builtin_fma(a, b, c);
#else
    return soft_fma(a, b, c);
#endif
#endif
}

#endif
