#include "engine/kernel/elementwise.h"
#include "engine/loss/loss.h"

enum { AT_ZERO = 1, AT_ZERO_ZERO = 0, AT_ZERO_PLUS_ONE = 1 };

static real magnitude(real unused, real prediction, real target)
{
    (void)unused;
    return real_abs(prediction - target);
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++)
        values[b] = elementwise_sum(magnitude, 0, at->prediction[0] + b * at->stride,
                                    at->target + b * at->target_stride, at->features) /
                    loss_value_divisor(options, at);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const real scale = loss_gradient_scale(options, at);
    const real at_zero = options->value[AT_ZERO] == AT_ZERO_PLUS_ONE ? scale : 0;
    for (size_t b = 0; b < at->batch; b++) {
        const real *y = at->prediction[0] + b * at->stride, *t = at->target + b * at->target_stride;
        real *dy = gradients[0] + b * at->stride;
        for (size_t i = 0; i < at->features; i++) {
            const real e = y[i] - t[i];
            dy[i] = e > 0 ? scale : e < 0 ? -scale : e == 0 ? at_zero : e;
        }
    }
}

static const char *const at_zero_choices[] = {"zero", "plus_one", NULL};
static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "at_zero",
     .kind = LG_OPTION_CHOICE,
     .default_value = AT_ZERO_ZERO,
     .maximum = 1,
     .choices = at_zero_choices,
     .meaning = "derivative at y = t: zero (PyTorch) or plus_one (Torch7)"},
};

const struct loss LG_SYMBOL(loss_abs) = {
    .info =
        {
            .name = "abs",
            .summary = "absolute error (L1)",
            .formula = "|y - t|",
            .source = "P.-S. Laplace, Memoires de l'Academie royale des sciences, 1774; as "
                      "AbsCriterion in Torch7 and L1Loss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
