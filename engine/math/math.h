/* Elementary functions in tree: no libm reaches a result (docs/adr/0001, rule 5).
 *
 * The f64 functions are fixed polynomials in plain IEEE operations, the same bits
 * everywhere. The f32 ones compute in f64 and round once. Errors are the largest
 * found against MPFR over 6 million points; tests/golden/exp.csv holds the worst. */
#ifndef LG_MATH_MATH_H
#define LG_MATH_MATH_H

#include "engine/base/real.h"

#define math_exp   LG_SYMBOL(math_exp)
#define math_expm1 LG_SYMBOL(math_expm1)

/* e^x. NaN for NaN, 0 below the smallest subnormal's logarithm, infinity above
 * the largest number's. Error: 0.81 ulp. */
double math_exp(double x);

/* e^x - 1, accurate near 0. Error: 1.42 ulp. */
double math_expm1(double x);

#endif
