/* The logistic function of a logit and its logarithms, in f64, without overflow and
 * without loss of digits at either end. */
#ifndef LG_LOSS_LOGISTIC_H
#define LG_LOSS_LOGISTIC_H

#include "engine/math/math.h"

/* log(1 + e^x) = -log(logistic(-x)). */
static inline accumulator softplus(accumulator x)
{
    return (x < 0 ? 0 : x) + math_log1p(math_exp(-accumulator_abs(x)));
}

/* 1 / (1 + e^-x); 1 minus it is logistic(-x). */
static inline accumulator logistic(accumulator x)
{
    const accumulator e = math_exp(-accumulator_abs(x));
    return x < 0 ? e / (1 + e) : 1 / (1 + e);
}

/* 1e-12 inside the logarithms keeps them finite: log(p + 1e-12), p from 0 to 1, rest = 1 - p
 * with digits of its own. Where p is near 1 by the rest, which the sum would swallow. */
static const accumulator LOGISTIC_GUARD = (accumulator)1e-12L;

static inline accumulator guarded_log(accumulator p, accumulator rest)
{
    return p < 0.5 ? math_log(p + LOGISTIC_GUARD) : math_log1p(LOGISTIC_GUARD - rest);
}

/* The derivative of -(t log(p + 1e-12) + (1 - t) log(1 - p + 1e-12)) by p. */
static inline accumulator guarded_slope(accumulator t, accumulator p, accumulator rest)
{
    return (1 - t) / (rest + LOGISTIC_GUARD) - t / (p + LOGISTIC_GUARD);
}

#endif
