#include "engine/loss/entries.h"
#include "engine/loss/logistic.h"
#include "engine/loss/loss.h"

enum { WEIGHTS = 1, GUARD = 2, GUARD_EPSILON = 1 };

static accumulator clamped(accumulator logarithm)
{
    return logarithm < -100 ? -100 : logarithm;
}

static accumulator term(const struct entry *at)
{
    const bool guard = at->option[GUARD] == GUARD_EPSILON;
    const accumulator rest = 1 - at->y;
    const accumulator yes = guard ? guarded_log(at->y, rest) : clamped(math_log(at->y));
    const accumulator no = guard ? guarded_log(rest, at->y) : clamped(math_log1p(-at->y));
    return at->weight * ((at->t - 1) * no - at->t * yes);
}

/* As each framework computes it: near 0 and 1 these are not the value's slopes. */
static accumulator derivative(const struct entry *at)
{
    if (at->option[GUARD] == GUARD_EPSILON)
        return at->weight * guarded_slope(at->t, at->y, 1 - at->y);
    const accumulator least = (accumulator)1e-12f; /* PyTorch's is a float in either precision */
    const accumulator product = (1 - at->y) * at->y;
    return at->weight * ((at->y - at->t) / (product < least ? least : product));
}

LOSS_BY_ENTRY(.inputs = 1, .weights = WEIGHTS)

static const char *const guard_choices[] = {"clamp", "epsilon", NULL};
static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    ENTRIES_LIST_OPTION("weights", "w: one number for all features or one a feature; empty: 1"),
    {.name = "guard",
     .kind = LG_OPTION_CHOICE,
     .default_value = 0,
     .maximum = 1,
     .choices = guard_choices,
     .meaning = "at 0 and 1: logarithms not below -100 (PyTorch), or 1e-12 inside, with the "
                "value's own slope (Torch7's first BCECriterion.lua; its later ones divide y - t "
                "by (y + 1e-12)(1 - y + 1e-12) or nearly so)"},
};

const struct loss LG_SYMBOL(loss_bce) = {
    .info =
        {
            .name = "bce",
            .summary = "binary cross-entropy of probabilities",
            .formula = "-w (t log(y) + (1 - t) log(1 - y))",
            .source = "I. J. Good, Rational decisions, Journal of the Royal Statistical Society B "
                      "14, 1952, DOI 10.1111/j.2517-6161.1952.tb00104.x; as BCELoss in PyTorch and "
                      "BCECriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_UNIT, .minimum = 0, .maximum = 1},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
