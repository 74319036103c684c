#include <assert.h>

#include "engine/loss/loss.h"
#include "engine/loss/row.h"

/* One sample and its classes, which stand before the first -1 of its target. */
struct scores {
    const real *y, *target;
    size_t features, classes;
};

static size_t class_at(const struct scores *s, size_t k)
{
    assert(s->target[k] < (real)s->features);
    return (size_t)s->target[k];
}

static int is_class(const struct scores *s, size_t i)
{
    for (size_t k = 0; k < s->classes; k++)
        if (class_at(s, k) == i)
            return 1;
    return 0;
}

/* 1 - y[class] + y[i] */
static accumulator gap(const struct scores *s, size_t class, size_t i)
{
    return 1 - (accumulator)s->y[class] + (accumulator)s->y[i];
}

/* The term of output i: 0 where it is a class itself. */
static accumulator term(const void *of, size_t i)
{
    const struct scores *s = of;
    if (is_class(s, i))
        return 0;
    accumulator sum = 0;
    for (size_t k = 0; k < s->classes; k++)
        sum += hinge(gap(s, class_at(s, k), i));
    return sum;
}

static struct scores scores_of(const struct loss_batch *at, size_t b)
{
    struct scores s = {.y = at->prediction[0] + b * at->stride,
                       .target = at->target + b * at->target_stride,
                       .features = at->features};
    while (s.classes < at->features && s.target[s.classes] >= 0)
        s.classes++;
    return s;
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    (void)options;
    for (size_t b = 0; b < at->batch; b++) {
        const struct scores s = scores_of(at, b);
        values[b] = row_sum(term, &s, at->features) / (accumulator)at->features;
    }
}

/* dy[i] = how many of its pairs come too near: whole numbers, exact in f32 up to 2^24.
 * At the kink a pair has derivative 0. */
static void count_pairs(const struct scores *s, real *dy)
{
    for (size_t i = 0; i < s->features; i++)
        dy[i] = 0;
    for (size_t i = 0; i < s->features; i++) {
        const size_t classes = is_class(s, i) ? 0 : s->classes;
        for (size_t k = 0; k < classes; k++) {
            const accumulator z = hinge(gap(s, class_at(s, k), i));
            const real near = z > 0 ? 1 : (real)z;
            dy[i] += near;
            dy[class_at(s, k)] -= near;
        }
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator scale =
        (accumulator)loss_sample_scale(options, at) / (accumulator)at->features;
    for (size_t b = 0; b < at->batch; b++) {
        const struct scores s = scores_of(at, b);
        real *dy = gradients[0] + b * at->stride;
        count_pairs(&s, dy);
        for (size_t i = 0; i < at->features; i++)
            dy[i] = (real)(scale * (accumulator)dy[i]);
    }
}

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_multilabel_margin) = {
    .info =
        {
            .name = "multilabel_margin",
            .summary = "hinge loss between a sample's classes and the other outputs",
            .formula = "1 / n sum_{c in t} sum_{i not in t} max(0, 1 - y[c] + y[i])",
            .source = "after A. Elisseeff and J. Weston, A kernel method for multi-labelled "
                      "classification, NIPS 14, 2001; as MultiLabelMarginCriterion in Torch7 and "
                      "MultiLabelMarginLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_CLASSES},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
