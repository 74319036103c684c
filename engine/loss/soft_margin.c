#include "engine/loss/entries.h"
#include "engine/loss/logistic.h"
#include "engine/loss/loss.h"

static accumulator term(const struct entry *at)
{
    return softplus(-at->t * at->y);
}

static accumulator derivative(const struct entry *at)
{
    return -at->t * logistic(-at->t * at->y);
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_soft_margin) = {
    .info =
        {
            .name = "soft_margin",
            .summary = "logistic loss of a prediction's side",
            .formula = "log(1 + exp(-t y))",
            .source =
                "J. Friedman, T. Hastie, R. Tibshirani, Additive logistic regression, Annals of "
                "Statistics 28, 2000, DOI 10.1214/aos/1016218223; as SoftMarginLoss in PyTorch and "
                "SoftMarginCriterion in Torch7, which overflow where this does not",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_SIGNS},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
