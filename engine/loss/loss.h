/* A loss: one file in this folder each, found by its name.
 *
 * Convention. An elementwise loss's value of a sample is the mean over its features,
 * another loss's value is one number a sample; a batch's is the mean over its samples,
 * as in Torch7 and PyTorch. Where samples have weights it is their weighted mean.
 * `reduction: sum` adds up instead. value() and gradient() agree on which.
 *
 * To add a loss: write engine/loss/<name>.c with a `const struct loss
 * LG_SYMBOL(loss_<name>)`; the build finds it. */
#ifndef LG_LOSS_LOSS_H
#define LG_LOSS_LOSS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/real.h"
#include "lossgrid/option.h"
#include "lossgrid/target.h"

/* The predictions and targets of a batch. Matrices are row-major. */
struct loss_batch {
    const real *prediction[LG_LOSS_INPUTS_MAX]; /* (batch, features), rows `stride` apart */
    const real *target;                         /* as the loss's shape says; NULL: none */
    size_t batch, features, stride;
    size_t target_stride; /* of target's rows */
};

struct loss {
    struct lg_info info;
    struct lg_loss_shape shape;
    struct lg_loss_measure measure;
    /* values[b] = the loss of sample b; terms are computed as `real` and added in f64.
     * values: (batch). */
    void (*value)(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values);
    /* gradient[i][b][o] = derivative of the batch's loss by prediction[i][b][o];
     * gradient[i]: as prediction[i], may not overlap it. */
    void (*gradient)(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradient[LG_LOSS_INPUTS_MAX]);
    /* weights[b] = the weight of sample b in the mean; its value includes it already. NULL:
     * every sample counts 1. weights: (batch). */
    void (*weights)(const struct lg_options *options, const struct loss_batch *at,
                    accumulator *weights);
};

/* The divisor of a mean over samples. work: (batch). */
static inline accumulator loss_weight(const struct loss *loss, const struct lg_options *options,
                                      const struct loss_batch *at, accumulator *work)
{
    if (!loss->weights)
        return (accumulator)at->batch;
    accumulator weight = 0;
    loss->weights(options, at, work);
    for (size_t b = 0; b < at->batch; b++)
        weight += work[b];
    return weight;
}

/* `reduction` is every loss's first option. */
enum { LOSS_REDUCTION = 0, LOSS_MEAN = 0, LOSS_SUM = 1 };

/* The loss of the batch as reduction and weights say. work: (batch). */
static inline accumulator loss_batch_value(const struct loss *loss,
                                           const struct lg_options *options,
                                           const struct loss_batch *at, accumulator *work)
{
    accumulator sum = 0;
    loss->value(options, at, work);
    for (size_t b = 0; b < at->batch; b++)
        sum += work[b];
    const bool mean = options->value[LOSS_REDUCTION] != LOSS_SUM;
    return mean ? sum / loss_weight(loss, options, at, work) : sum;
}
#define LOSS_REDUCTION_OPTION                                                                      \
    {                                                                                              \
        .name = "reduction", .kind = LG_OPTION_CHOICE, .maximum = 1, .choices = lg_reductions,     \
        .meaning = "over features and batch: mean or sum"                                          \
    }

/* The divisor of a sample's sum over features in an elementwise loss. */
static inline accumulator loss_value_divisor(const struct lg_options *options,
                                             const struct loss_batch *at)
{
    return options->value[LOSS_REDUCTION] == LOSS_MEAN ? (accumulator)at->features : 1.0;
}

/* The factor of an elementwise derivative. */
static inline real loss_gradient_scale(const struct lg_options *options,
                                       const struct loss_batch *at)
{
    return (real)(options->value[LOSS_REDUCTION] == LOSS_MEAN
                      ? 1.0 / ((accumulator)at->features * (accumulator)at->batch)
                      : 1.0);
}

/* The factor of the derivative of one sample's value in a loss that is not elementwise and
 * has no weights. */
static inline real loss_sample_scale(const struct lg_options *options, const struct loss_batch *at)
{
    return (real)(options->value[LOSS_REDUCTION] == LOSS_MEAN ? 1.0 / (accumulator)at->batch : 1.0);
}

#endif
