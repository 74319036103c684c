/* Random predictions and targets that fit a loss's shape, and what becomes of a batch,
 * for arithmetic tests. */
#ifndef TESTS_GOLDEN_LOSS_INPUTS_H
#define TESTS_GOLDEN_LOSS_INPUTS_H

#include "engine/loss/loss.h"
#include "lossgrid/pcg.h"

/* `wild` as a prediction that the loss allows. */
static inline real loss_input_prediction(const struct loss *loss, struct lg_pcg *pcg, real wild)
{
    const double low = loss->shape.minimum, high = loss->shape.maximum;
    if (low == 0 && high == 0)
        return wild;
    const double top = high < low + 4 ? high : low + 4;
    return (real)(low + (top - low) * lg_pcg_uniform(pcg));
}

/* Row b of a target for `features` features; `wild`: (features) numbers of any kind.
 * target: (features), of which LG_TARGET_CLASS and _PAIR fill one. */
static inline void loss_input_target(const struct loss *loss, struct lg_pcg *pcg, size_t features,
                                     const real *wild, real *target)
{
    switch (loss->shape.target) {
    case LG_TARGET_CLASS:
        target[0] = (real)lg_pcg_below(pcg, (uint32_t)features);
        return;
    case LG_TARGET_PAIR:
        target[0] = lg_pcg_below(pcg, 2) ? 1 : -1;
        return;
    case LG_TARGET_CLASSES: { /* ascending classes, about half of them */
        size_t count = 0;
        for (size_t c = 0; c < features; c++)
            if (lg_pcg_below(pcg, 2))
                target[count++] = (real)c;
        while (count < features)
            target[count++] = -1;
        return;
    }
    default:
        break;
    }
    for (size_t i = 0; i < features; i++)
        switch (loss->shape.target) {
        case LG_TARGET_SIGNS:
            target[i] = lg_pcg_below(pcg, 2) ? 1 : -1;
            break;
        case LG_TARGET_UNIT:
            target[i] =
                lg_pcg_below(pcg, 4) ? (real)lg_pcg_uniform(pcg) : (real)lg_pcg_below(pcg, 2);
            break;
        case LG_TARGET_NOT_NEGATIVE:
            target[i] = wild[i] < 0 ? -wild[i] : wild[i];
            break;
        default:
            target[i] = wild[i];
        }
}

/* Numbers in a row of the loss's targets. */
static inline size_t loss_target_width(const struct loss *loss, size_t features)
{
    switch (loss->shape.target) {
    case LG_TARGET_NONE:
        return 0;
    case LG_TARGET_CLASS:
    case LG_TARGET_PAIR:
        return 1;
    default:
        return features;
    }
}

enum { LOSS_INPUTS_BATCH_MAX = 8 };

/* What the samples of a batch, at most LOSS_INPUTS_BATCH_MAX, count together. */
static inline double loss_total_weight(const struct loss *loss, const struct lg_options *options,
                                       const struct loss_batch *at)
{
    double weights[LOSS_INPUTS_BATCH_MAX], sum = 0;
    if (!loss->weights)
        return (double)at->batch;
    loss->weights(options, at, weights);
    for (size_t b = 0; b < at->batch; b++)
        sum += weights[b];
    return sum;
}

/* The loss of such a batch from its samples' values. */
static inline double loss_of_batch(const struct loss *loss, const struct lg_options *options,
                                   const struct loss_batch *at)
{
    double values[LOSS_INPUTS_BATCH_MAX], sum = 0;
    loss->value(options, at, values);
    for (size_t b = 0; b < at->batch; b++)
        sum += values[b];
    return options->value[LOSS_REDUCTION] == LOSS_SUM ? sum
                                                      : sum / loss_total_weight(loss, options, at);
}

#endif
