#include "engine/loss/classes.h"
#include "engine/loss/row.h"
#include "engine/math/exact.h"
#include "engine/math/math.h"

enum { LABEL_SMOOTHING = 3 };

/* The softmax of one sample's logits: e^(z - z[top]) / (1 + rest). */
struct softmax {
    const real *z;
    size_t classes, top;
    accumulator rest;      /* sum of e^(z[c] - z[top]) over the other classes */
    const double *weights; /* of the classes; NULL: 1 each */
};

static accumulator above_top(const struct softmax *s, size_t c)
{
    return (accumulator)s->z[c] - (accumulator)s->z[s->top];
}

/* e^(z[c] - z[top]), with what rounding takes from the difference: e^x has x times it. */
static accumulator exponential(const struct softmax *s, size_t c)
{
    const struct twofold x = exact_sum((accumulator)s->z[c], -(accumulator)s->z[s->top]);
    const accumulator e = math_exp(x.high);
    return x.high > -1e5 ? e + e * x.low : e;
}

static accumulator other_term(const void *of, size_t c)
{
    const struct softmax *s = of;
    return c == s->top ? 0 : exponential(s, c);
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

static accumulator probability(const struct softmax *s, size_t c)
{
    return exponential(s, c) / (1 + s->rest);
}

static accumulator weight_of(const void *of, size_t c)
{
    const struct softmax *s = of;
    return class_weight(s->weights, c);
}

/* The term of class c by its weight: -log of its probability. */
static accumulator surprise(const void *of, size_t c)
{
    const struct softmax *s = of;
    const accumulator weight = weight_of(s, c);
    return weight == 0 ? weight : weight * (math_log1p(s->rest) - above_top(s, c));
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    const accumulator smoothing = options->value[LABEL_SMOOTHING];
    for (size_t b = 0; b < at->batch; b++) {
        values[b] = 0;
        if (class_is_ignored(options, at, b))
            continue;
        const struct softmax s =
            softmax_of(options, at->prediction[0] + b * at->stride, at->features);
        if (smoothing < 1)
            values[b] = (1 - smoothing) * surprise(&s, class_of(at, b));
        if (smoothing > 0)
            values[b] +=
                smoothing / (accumulator)at->features * row_sum(surprise, &s, at->features);
    }
}

/* The share of class c in the target: the label's share and what smoothing gives to all. */
struct target {
    const struct softmax *softmax;
    size_t label;
    accumulator hard, each; /* of the label; of every class, by its weight */
};

static accumulator share(const struct target *t, size_t c)
{
    return t->each * weight_of(t->softmax, c) + (c == t->label ? t->hard : 0);
}

static accumulator other_share(const void *of, size_t c)
{
    const struct target *t = of;
    return c == t->softmax->top ? 0 : share(t, c);
}

/* By the logit of class c: probability times all shares, less its own share. Of the largest
 * logit, whose probability may be almost 1: probability times the shares of the others, less
 * its own share of 1 - probability. */
static void slopes(const struct target *t, accumulator divisor, real *dz)
{
    const struct softmax *s = t->softmax;
    const accumulator others = row_sum(other_share, t, s->classes), own = share(t, s->top);
    for (size_t c = 0; c < s->classes; c++) {
        const accumulator slope = c == s->top ? (others - own * s->rest) / (1 + s->rest)
                                              : probability(s, c) * (others + own) - share(t, c);
        dz[c] = (real)(slope / divisor);
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator divisor = class_gradient_divisor(options, at);
    const accumulator smoothing = options->value[LABEL_SMOOTHING];
    for (size_t b = 0; b < at->batch; b++) {
        real *dz = gradients[0] + b * at->stride;
        if (class_is_ignored(options, at, b)) {
            for (size_t c = 0; c < at->features; c++)
                dz[c] = 0;
            continue;
        }
        const struct softmax s =
            softmax_of(options, at->prediction[0] + b * at->stride, at->features);
        struct target t = {&s, class_of(at, b), 0, smoothing / (accumulator)at->features};
        t.hard = (1 - smoothing) * weight_of(&s, t.label);
        slopes(&t, divisor, dz);
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
