#include "engine/loss/entries.h"
#include "engine/loss/logistic.h"
#include "engine/loss/loss.h"

enum { WEIGHTS = 1, POS_WEIGHT = 2 };

static accumulator term(const struct entry *at)
{
    return at->weight * (at->pos_weight * at->t * softplus(-at->y) + (1 - at->t) * softplus(at->y));
}

static accumulator derivative(const struct entry *at)
{
    return at->weight * ((1 - at->t) * logistic(at->y) - at->pos_weight * at->t * logistic(-at->y));
}

LOSS_BY_ENTRY(.inputs = 1, .weights = WEIGHTS, .pos_weight = POS_WEIGHT)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    ENTRIES_LIST_OPTION("weights", "w: one number for all features or one a feature; empty: 1"),
    ENTRIES_LIST_OPTION(
        "pos_weight",
        "p, for what is true: one number for all features or one a feature; empty: 1"),
};

const struct loss LG_SYMBOL(loss_bce_with_logits) = {
    .info =
        {
            .name = "bce_with_logits",
            .summary = "binary cross-entropy of logits",
            .formula = "-w (p t log(s(y)) + (1 - t) log(1 - s(y))), s(y) = 1 / (1 + exp(-y)), p = "
                       "pos_weight",
            .source = "D. R. Cox, The regression analysis of binary sequences, Journal of the "
                      "Royal Statistical Society B 20, 1958, DOI "
                      "10.1111/j.2517-6161.1958.tb00292.x; as BCEWithLogitsLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_UNIT},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
