/* Targets that are classes, and the weights of classes. */
#ifndef LG_LOSS_CLASSES_H
#define LG_LOSS_CLASSES_H

#include <assert.h>
#include <stddef.h>

#include "engine/loss/loss.h"

/* The indices of these options in nll and cross_entropy. */
enum { CLASS_WEIGHTS = 1, CLASS_IGNORE_INDEX = 2 };
#define CLASS_WEIGHTS_OPTION                                                                       \
    {                                                                                              \
        .name = "weights", .kind = LG_OPTION_LIST, .maximum = 1e30,                                \
        .meaning = "what each class counts, one number a class; empty: 1 each"                     \
    }
#define CLASS_IGNORE_INDEX_OPTION                                                                  \
    {                                                                                              \
        .name = "ignore_index", .kind = LG_OPTION_INTEGER, .default_value = -100,                  \
        .minimum = -2147483648.0, .maximum = 2147483647.0,                                         \
        .meaning = "a sample with this target counts nothing"                                      \
    }

static inline accumulator class_target(const struct loss_batch *at, size_t b)
{
    return (accumulator)at->target[b * at->target_stride];
}

/* Sample b's class. */
static inline size_t class_of(const struct loss_batch *at, size_t b)
{
    const accumulator target = class_target(at, b);
    assert(target >= 0 && target < (accumulator)at->features);
    return (size_t)target;
}

/* List option `option`, a number a class; NULL: empty. */
static inline const double *class_weights(const struct lg_options *options, size_t option,
                                          size_t classes)
{
    size_t count;
    const double *list = lg_options_list(options, option, &count);
    assert(count == 0 || count == classes);
    return count ? list : NULL;
}

static inline accumulator class_weight(const double *list, size_t class)
{
    return list ? list[class] : 1;
}

static inline int class_is_ignored(const struct lg_options *options, const struct loss_batch *at,
                                   size_t b)
{
    return class_target(at, b) == options->value[CLASS_IGNORE_INDEX];
}

/* The weight of sample b. */
static inline accumulator class_sample_weight(const struct lg_options *options,
                                              const struct loss_batch *at, size_t b)
{
    if (class_is_ignored(options, at, b))
        return 0;
    return class_weight(class_weights(options, CLASS_WEIGHTS, at->features), class_of(at, b));
}

/* weights() of struct loss. */
static inline void class_sample_weights(const struct lg_options *options,
                                        const struct loss_batch *at, accumulator *weights)
{
    for (size_t b = 0; b < at->batch; b++)
        weights[b] = class_sample_weight(options, at, b);
}

/* The divisor of all gradients: the sum of the weights, or 1. */
static inline accumulator class_gradient_divisor(const struct lg_options *options,
                                                 const struct loss_batch *at)
{
    if (options->value[LOSS_REDUCTION] != LOSS_MEAN)
        return 1;
    accumulator sum = 0;
    for (size_t b = 0; b < at->batch; b++)
        sum += class_sample_weight(options, at, b);
    return sum;
}

#endif
