/* The logistic function of a logit and its logarithms, in f64, without overflow and
 * without loss of digits at either end. */
#ifndef LG_LOSS_LOGISTIC_H
#define LG_LOSS_LOGISTIC_H

#include "engine/math/math.h"

/* log(1 + e^x) = -log(logistic(-x)). */
static inline double softplus(double x)
{
    return (x < 0 ? 0 : x) + math_log1p(math_exp(-__builtin_fabs(x)));
}

/* 1 / (1 + e^-x); 1 minus it is logistic(-x). */
static inline double logistic(double x)
{
    const double e = math_exp(-__builtin_fabs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

#endif
