/* The logistic function of a logit and its logarithms, in f64, without overflow and
 * without loss of digits at either end. */
#ifndef LG_LOSS_LOGISTIC_H
#define LG_LOSS_LOGISTIC_H

#include "engine/math/math.h"

/* log(1 + e^x) = -log(logistic(-x)). */
static inline wide softplus(wide x)
{
    return (x < 0 ? 0 : x) + math_log1p(math_exp(-wide_abs(x)));
}

/* 1 / (1 + e^-x); 1 minus it is logistic(-x). */
static inline wide logistic(wide x)
{
    const wide e = math_exp(-wide_abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

#endif
