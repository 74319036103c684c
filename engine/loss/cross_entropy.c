#include "engine/loss/classes.h"
#include "engine/loss/row.h"
#include "engine/math/math.h"

enum { LABEL_SMOOTHING = 3 };

/* The softmax of one sample's logits: e^(z - z[top]) / (1 + rest). */
struct softmax {
    const real *z;
    size_t classes, top;
    wide rest;             /* sum of e^(z[c] - z[top]) over the other classes */
    const double *weights; /* of the classes; NULL: 1 each */
};

static wide above_top(const struct softmax *s, size_t c)
{
    return (wide)s->z[c] - (wide)s->z[s->top];
}

static wide other_term(const void *of, size_t c)
{
    const struct softmax *s = of;
    return c == s->top ? 0 : math_exp(above_top(s, c));
}

/* The largest term is 1 and stays apart, so that the logarithm and the complement of
 * a probability near 1 keep all their digits. */
static struct softmax softmax_of(const struct lg_options *options, const real *z, size_t classes)
{
    struct softmax s = {
        .z = z, .classes = classes, .weights = class_weights(options, CLASS_WEIGHTS, classes)};
    for (size_t c = 1; c < classes; c++)
        s.top = z[c] > z[s.top] ? c : s.top;
    s.rest = row_sum(other_term, &s, classes) + above_top(&s, s.top); /* + 0, or NaN */
    return s;
}

static wide probability(const struct softmax *s, size_t c)
{
    return math_exp(above_top(s, c)) / (1 + s->rest);
}

static wide weight_of(const void *of, size_t c)
{
    const struct softmax *s = of;
    return class_weight(s->weights, c);
}

/* What class c adds by its weight: -log of its probability. */
static wide surprise(const void *of, size_t c)
{
    const struct softmax *s = of;
    return weight_of(s, c) * (math_log1p(s->rest) - above_top(s, c));
}

static void value(const struct lg_options *options, const struct loss_batch *at, wide *values)
{
    const wide smoothing = options->value[LABEL_SMOOTHING];
    for (size_t b = 0; b < at->batch; b++) {
        values[b] = 0;
        if (class_is_ignored(options, at, b))
            continue;
        const struct softmax s =
            softmax_of(options, at->prediction[0] + b * at->stride, at->features);
        values[b] = (1 - smoothing) * surprise(&s, class_of(at, b));
        if (smoothing > 0)
            values[b] += smoothing / (wide)at->features * row_sum(surprise, &s, at->features);
    }
}

/* By the logit of the class itself: probability - 1, without cancellation where the
 * class is sure. */
static wide own_slope(const struct softmax *s, size_t t)
{
    return t == s->top ? -(s->rest / (1 + s->rest)) : probability(s, t) - 1;
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const wide divisor = class_gradient_divisor(options, at);
    const wide smoothing = options->value[LABEL_SMOOTHING];
    const wide each = smoothing / (wide)at->features;
    for (size_t b = 0; b < at->batch; b++) {
        real *dz = gradients[0] + b * at->stride;
        const int ignored = class_is_ignored(options, at, b);
        const size_t t = ignored ? 0 : class_of(at, b);
        const struct softmax s =
            softmax_of(options, at->prediction[0] + b * at->stride, at->features);
        const wide hard = (1 - smoothing) * weight_of(&s, t);
        const wide all = row_sum(weight_of, &s, at->features);
        for (size_t c = 0; c < at->features; c++) {
            const wide p = probability(&s, c);
            const wide slope =
                hard * (c == t ? own_slope(&s, t) : p) + each * (all * p - weight_of(&s, c));
            dz[c] = ignored ? 0 : (real)(slope / divisor);
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    CLASS_WEIGHTS_OPTION,
    CLASS_IGNORE_INDEX_OPTION,
    {.name = "label_smoothing",
     .kind = LG_OPTION_REAL,
     .maximum = 1,
     .meaning = "share of the target that all classes have alike"},
};

const struct loss LG_SYMBOL(loss_cross_entropy) = {
    .info =
        {
            .name = "cross_entropy",
            .summary = "cross-entropy of a class and the softmax of logits",
            .formula = "s = label_smoothing, l = -log softmax(y): (1 - s) weights[t] l[t] + s / n "
                       "sum_c weights[c] l[c]; mean: divided by the sum of all weights[t]",
            .source = "J. S. Bridle, Probabilistic interpretation of feedforward classification "
                      "network outputs, 1990, doi:10.1007/978-3-642-76153-9_28; label smoothing: "
                      "C. Szegedy et al., 2016, section 7, arXiv:1512.00567; as "
                      "CrossEntropyCriterion in Torch7 and CrossEntropyLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_CLASS, .is_weighted = true},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
    .weights = class_sample_weights,
};
