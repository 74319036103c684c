#include "engine/kernel/elementwise.h"
#include "engine/loss/loss.h"

enum { BETA = 1 };

static const real LEAST = LG_PRECISION == 32   ? (real)FLT_TRUE_MIN
                          : LG_PRECISION == 64 ? (real)DBL_TRUE_MIN
                                               : (real)LDBL_TRUE_MIN;

/* Divided before it is squared: e^2 may leave the range where e^2 / beta does not. */
static real term(real beta, real prediction, real target)
{
    const real e = real_abs(prediction - target);
    return e < beta ? e / beta * e / 2 : e - beta / 2;
}

/* beta as a real that is not 0: what is below the least of them changes nothing but the
 * place of the kink, which is then at most that far from 0. */
static real beta_of(const struct lg_options *options)
{
    const real beta = (real)options->value[BETA];
    return beta > 0 ? beta : LEAST;
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    const real beta = beta_of(options);
    for (size_t b = 0; b < at->batch; b++)
        values[b] = elementwise_sum(term, beta, at->prediction[0] + b * at->stride,
                                    at->target + b * at->target_stride, at->features) /
                    loss_value_divisor(options, at);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const real scale = loss_gradient_scale(options, at), beta = beta_of(options);
    for (size_t b = 0; b < at->batch; b++) {
        const real *y = at->prediction[0] + b * at->stride, *t = at->target + b * at->target_stride;
        real *dy = gradients[0] + b * at->stride;
        for (size_t i = 0; i < at->features; i++) {
            const real e = y[i] - t[i];
            dy[i] = e >= beta ? scale : e <= -beta ? -scale : scale * (e / beta);
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "beta",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "where the square ends and the line begins"},
};

const struct loss LG_SYMBOL(loss_smooth_l1) = {
    .info =
        {
            .name = "smooth_l1",
            .summary = "square near zero, absolute beyond beta",
            .formula = "|y - t| < beta: (y - t)^2 / (2 beta); else |y - t| - beta / 2",
            .source = "R. Girshick, Fast R-CNN, 2015, equation 3, arXiv:1504.08083; as "
                      "SmoothL1Criterion in Torch7 and SmoothL1Loss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
