#include "engine/loss/classes.h"

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        values[b] = 0;
        if (class_is_ignored(options, at, b))
            continue;
        const real y = at->prediction[0][b * at->stride + class_of(at, b)];
        values[b] = -(class_sample_weight(options, at, b) * (accumulator)y);
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator divisor = class_gradient_divisor(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        real *dy = gradients[0] + b * at->stride;
        for (size_t c = 0; c < at->features; c++)
            dy[c] = 0;
        if (!class_is_ignored(options, at, b))
            dy[class_of(at, b)] = (real)(-class_sample_weight(options, at, b) / divisor);
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    CLASS_WEIGHTS_OPTION,
    CLASS_IGNORE_INDEX_OPTION,
};

const struct loss LG_SYMBOL(loss_nll) = {
    .info =
        {
            .name = "nll",
            .summary = "negative log-likelihood of a class, from log-probabilities",
            .formula = "-weights[t] y[t]; mean: divided by the sum of all weights[t]",
            .source = "R. A. Fisher, On the mathematical foundations of theoretical statistics, "
                      "1922, section 6, doi:10.1098/rsta.1922.0009; as ClassNLLCriterion in Torch7 "
                      "and NLLLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1,
              .target = LG_TARGET_CLASS,
              .is_weighted = true,
              .needs = LG_NEEDS_LOG_PROBABILITIES},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
    .weights = class_sample_weights,
};
