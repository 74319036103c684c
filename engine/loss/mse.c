#include "engine/kernel/elementwise.h"
#include "engine/loss/loss.h"

static real square(real unused, real prediction, real target)
{
    (void)unused;
    const real e = prediction - target;
    return e * e;
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++)
        values[b] = elementwise_sum(square, 0, at->prediction[0] + b * at->stride,
                                    at->target + b * at->target_stride, at->features) /
                    loss_value_divisor(options, at);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const real scale = 2 * loss_gradient_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const real *y = at->prediction[0] + b * at->stride, *t = at->target + b * at->target_stride;
        real *dy = gradients[0] + b * at->stride;
        for (size_t i = 0; i < at->features; i++)
            dy[i] = scale * (y[i] - t[i]);
    }
}

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_mse) = {
    .info =
        {
            .name = "mse",
            .summary = "mean square error",
            .formula = "(y - t)^2",
            .source = "A.-M. Legendre, Nouvelles methodes pour la determination des orbites des "
                      "cometes, 1805, appendix; as MSECriterion in Torch7 and MSELoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
