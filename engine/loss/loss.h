/* A loss: one file in this folder each, found by its name.
 *
 * Convention. A sample's value is the mean over its features, and a batch's the
 * mean over its samples, as in Torch7 and PyTorch; `reduction: sum` adds both up
 * instead. value() and gradient() agree on which.
 *
 * To add a loss: write engine/loss/<name>.c with a `const struct loss
 * LG_SYMBOL(loss_<name>)`; the build finds it. */
#ifndef LG_LOSS_LOSS_H
#define LG_LOSS_LOSS_H

#include <stddef.h>

#include "engine/base/option.h"
#include "engine/base/real.h"

/* What a loss is measured on: (batch, features), row-major, rows `stride` apart. */
struct loss_batch {
    const real *prediction;
    const real *target;
    size_t batch, features, stride;
};

struct loss {
    struct lg_info info;
    /* values[b] = the loss of sample b over its features; terms are computed as
     * `real` and added in f64. values: (batch). */
    void (*value)(const struct lg_options *options, const struct loss_batch *at, double *values);
    /* gradient[b][o] = derivative of the batch's loss by prediction[b][o];
     * gradient: as prediction, may not overlap it. */
    void (*gradient)(const struct lg_options *options, const struct loss_batch *at, real *gradient);
};

/* `reduction` is every loss's first option. */
enum { LOSS_REDUCTION = 0, LOSS_MEAN = 0, LOSS_SUM = 1 };
#define LOSS_REDUCTION_OPTION                                                                      \
    {                                                                                              \
        .name = "reduction", .kind = LG_OPTION_CHOICE, .maximum = 1, .choices = lg_reductions,     \
        .meaning = "over features and batch: mean or sum"                                          \
    }

/* What a sample's sum over features is divided by. */
static inline double loss_value_divisor(const struct lg_options *options,
                                        const struct loss_batch *at)
{
    return options->value[LOSS_REDUCTION] == LOSS_MEAN ? (double)at->features : 1.0;
}

/* What an elementwise derivative is multiplied by. */
static inline real loss_gradient_scale(const struct lg_options *options,
                                       const struct loss_batch *at)
{
    return (real)(options->value[LOSS_REDUCTION] == LOSS_MEAN
                      ? 1.0 / ((double)at->features * (double)at->batch)
                      : 1.0);
}

#endif
