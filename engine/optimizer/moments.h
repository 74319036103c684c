/* Parts that Adam and its relatives share: the running means of gradients and of their
 * squares, and the numbers of a step. */
#ifndef LG_OPTIMIZER_MOMENTS_H
#define LG_OPTIMIZER_MOMENTS_H

#include "engine/optimizer/powers.h"

/* The first options, the scalars (beta1^step, beta2^step) and the first coefficients;
 * a file's own come after. */
enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MOMENTS_OPTIONS };
enum { POWER1, POWER2 };
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, UNBIAS, SMALL, DECAY, MOMENTS_COEFFICIENTS };

static inline void moments_begin(const struct lg_options *options, uint64_t step,
                                 accumulator scalars[OPTIMIZER_SCALARS_MAX],
                                 struct optimizer_step *now)
{
    const double *o = options->value;
    const accumulator left1 = left_of_one(o[BETA1], step, &scalars[POWER1]);
    const accumulator left2 = left_of_one(o[BETA2], step, &scalars[POWER2]);
    now->c[RATE] = (real)(o[LR] / left1);
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - (accumulator)o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[UNBIAS] = (real)(1 / accumulator_sqrt(left2));
    now->c[SMALL] = eps_beside_root(o[EPS]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

/* True if moments of zero and a gradient of zero leave w alone: w - rate * 0 /
 * (positive) = w as long as the rate, largest in step 1, is finite. */
static inline bool moments_rest(const struct lg_options *options)
{
    const double *o = options->value;
    return o[LR] / (1 - (accumulator)o[BETA1]) <= (accumulator)REAL_MAX;
}

/* Moments decay towards zero whatever the gradient; moments of zero stay. */
static inline enum zero_gradient moments_zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 && moments_rest(options) ? ZERO_AT_REST : ZERO_MOVES;
}

#endif
