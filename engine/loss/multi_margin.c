#include "engine/loss/classes.h"
#include "engine/loss/row.h"
#include "engine/math/exact.h"

enum { P = 1, MARGIN = 2, WEIGHTS = 3 };

/* One sample and its class. */
struct scores {
    const real *y;
    size_t class;
    accumulator margin, p, weight;
};

/* margin - y[t] + y[c] where it is above 0, else 0. What rounding takes from the first
 * difference comes last: the margin may be lost next to large scores. */
static accumulator violation(const struct scores *s, size_t c)
{
    const struct twofold from_class = exact_sum(s->margin, -(accumulator)s->y[s->class]);
    const accumulator sum = from_class.high + (accumulator)s->y[c];
    return c == s->class ? 0
                         : hinge(accumulator_abs(sum) <= (accumulator)REAL_MAX
                                     ? sum + from_class.low
                                     : sum);
}

static accumulator term(const void *of, size_t c)
{
    const struct scores *s = of;
    const accumulator z = violation(s, c);
    return s->p == 2 ? z * z : z;
}

/* Derivative of term by y[c], 0 at the kink. */
static accumulator slope(const void *of, size_t c)
{
    const struct scores *s = of;
    const accumulator z = violation(s, c);
    return s->p == 2 ? 2 * z : z > 0 ? 1 : z;
}

static struct scores scores_of(const struct lg_options *options, const struct loss_batch *at,
                               size_t b)
{
    const size_t class = class_of(at, b);
    return (struct scores){.y = at->prediction[0] + b * at->stride,
                           .class = class,
                           .margin = options->value[MARGIN],
                           .p = options->value[P],
                           .weight =
                               class_weight(class_weights(options, WEIGHTS, at->features), class)};
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct scores s = scores_of(options, at, b);
        values[b] = s.weight == 0
                        ? 0 /* whatever overflows */
                        : s.weight * row_sum(term, &s, at->features) / (accumulator)at->features;
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator each =
        (accumulator)loss_sample_scale(options, at) / (accumulator)at->features;
    for (size_t b = 0; b < at->batch; b++) {
        const struct scores s = scores_of(options, at, b);
        const accumulator scale = each * s.weight;
        real *dy = gradients[0] + b * at->stride;
        for (size_t c = 0; c < at->features; c++)
            dy[c] = (real)(scale * slope(&s, c));
        dy[s.class] = (real)(-scale * row_sum(slope, &s, at->features));
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "p",
     .kind = LG_OPTION_INTEGER,
     .default_value = 1,
     .minimum = 1,
     .maximum = 2,
     .meaning = "power of a violation: 1 or 2"},
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .maximum = 1e30,
     .meaning = "how far the class's score shall be above the others"},
    CLASS_WEIGHTS_OPTION,
};

const struct loss LG_SYMBOL(loss_multi_margin) = {
    .info =
        {
            .name = "multi_margin",
            .summary = "hinge loss over classes",
            .formula = "weights[t] / n sum_{c != t} max(0, margin - y[t] + y[c])^p",
            .source =
                "J. Weston and C. Watkins, Support vector machines for multi-class pattern "
                "recognition, ESANN 1999, pages 219-224; as MultiMarginCriterion in Torch7 and "
                "MultiMarginLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_CLASS},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
