#include "engine/loss/entries.h"
#include "engine/loss/logistic.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

enum { WEIGHTS = 1, GUARD = 2, GUARD_EPSILON = 1 };

/* The cross-entropy of logistic(y) and its complement, each with digits of its own. */
static accumulator guarded_term(const struct entry *at)
{
    const accumulator p = logistic(at->y), rest = logistic(-at->y);
    return -(at->t * guarded_log(p, rest) + (1 - at->t) * guarded_log(rest, p));
}

static accumulator guarded_derivative(const struct entry *at)
{
    const accumulator p = logistic(at->y), rest = logistic(-at->y);
    const accumulator by_p = guarded_slope(at->t, p, rest);
    /* p rest is e^-|y| there, and subnormal where its product is not. */
    return accumulator_abs(at->y) > 700 ? exp_times(-accumulator_abs(at->y), by_p)
                                        : by_p * p * rest;
}

static accumulator term(const struct entry *at)
{
    if (at->option[GUARD] == GUARD_EPSILON)
        return at->weight * guarded_term(at);
    return at->weight * (at->t * softplus(-at->y) + (1 - at->t) * softplus(at->y));
}

static accumulator derivative(const struct entry *at)
{
    if (at->option[GUARD] == GUARD_EPSILON)
        return at->weight * guarded_derivative(at);
    return at->weight * ((1 - at->t) * logistic(at->y) - at->t * logistic(-at->y));
}

static const struct entries_form form = {.inputs = 1, .weights = WEIGHTS};

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    entries_value(term, &form, options, at, (accumulator)at->features, values);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator samples =
        options->value[LOSS_REDUCTION] == LOSS_MEAN ? (accumulator)at->batch : 1.0;
    const accumulator scale = 1 / ((accumulator)at->features * samples);
    entries_gradient(derivative, &form, options, at, scale, gradients[0]);
}

static const char *const guard_choices[] = {"none", "epsilon", NULL};
static const struct lg_option options_table[] = {
    {.name = "reduction",
     .kind = LG_OPTION_CHOICE,
     .maximum = 1,
     .choices = lg_reductions,
     .meaning = "over the batch: mean or sum; over classes it is the mean"},
    ENTRIES_LIST_OPTION("weights", "w: one number for all classes or one a class; empty: 1"),
    {.name = "guard",
     .kind = LG_OPTION_CHOICE,
     .maximum = 1,
     .choices = guard_choices,
     .meaning = "far logits: none needed (PyTorch), or 1e-12 inside the logarithms, with the "
                "value's own slope (Torch7 with its first BCECriterion.lua, and without the "
                "rounding of s(y))"},
};

const struct loss LG_SYMBOL(loss_multilabel_soft_margin) = {
    .info =
        {
            .name = "multilabel_soft_margin",
            .summary = "binary cross-entropy of logits, one a class; a sample's value is a mean "
                       "either way",
            .formula = "-w (t log(s(y)) + (1 - t) log(1 - s(y))), s(y) = 1 / (1 + exp(-y)), mean "
                       "over classes",
            .source = "MultiLabelSoftMarginCriterion in Torch7, R. Collobert and others, 2011; as "
                      "MultiLabelSoftMarginLoss in PyTorch; term: D. R. Cox, 1958, DOI "
                      "10.1111/j.2517-6161.1958.tb00292.x",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_UNIT},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
