#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { WEIGHTS = 1, WEIGHTED = 2, WEIGHTED_TARGET = 1 };

static bool is_target_weighted(const struct entry *at)
{
    return at->option[WEIGHTED] == WEIGHTED_TARGET;
}

static accumulator error_of(const struct entry *at)
{
    return at->y - (is_target_weighted(at) ? at->weight * at->t : at->t);
}

static accumulator term(const struct entry *at)
{
    const accumulator e = error_of(at);
    return is_target_weighted(at) ? e * e : at->weight * e * e; /* e^2 alone may overflow */
}

static accumulator derivative(const struct entry *at)
{
    const accumulator e = error_of(at);
    return 2 * (is_target_weighted(at) ? e : at->weight * e);
}

LOSS_BY_ENTRY(.inputs = 1, .weights = WEIGHTS)

static const char *const weighted_choices[] = {"error", "target", NULL};
static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    ENTRIES_LIST_OPTION("weights", "w: one number for all features or one a feature; empty: 1"),
    {.name = "weighted",
     .kind = LG_OPTION_CHOICE,
     .default_value = 0,
     .maximum = 1,
     .choices = weighted_choices,
     .meaning = "what w multiplies: the square error, or the target (Torch7)"},
};

const struct loss LG_SYMBOL(loss_weighted_mse) = {
    .info =
        {
            .name = "weighted_mse",
            .summary = "mean square error, one weight a feature",
            .formula = "w (y - t)^2; weighted target: (y - w t)^2",
            .source =
                "A. C. Aitken, On least squares and linear combination of observations, "
                "Proceedings of the Royal Society of Edinburgh 55, 1936, DOI "
                "10.1017/S0370164600014346; the weighted target is WeightedMSECriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
