#include "engine/optimizer/moments.h"

enum { ADDED = MOMENTS_COEFFICIENTS };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* eps is added to the square in every step; without it all is as in Adam. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return (real)options->value[EPS] == 0 ? moments_zero_gradient(options) : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    moments_begin(options, step, scalars, now);
    now->c[ADDED] = (real)options->value[EPS];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], unbias = now->c[UNBIAS],
               small = now->c[SMALL], added = now->c[ADDED], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real off = keep1 * (d - mean[i]); /* d less the new mean, without cancelling */
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (off * off) + added;
        w[i] -= rate * mean[i] / (real_sqrt(square[i]) * unbias + small);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared surprises"),
    [EPS] = OPTION_EPS(1e-8, "added to the square in every step, and to its root"),
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_adabelief) = {
    .info =
        {
            .name = "adabelief",
            .summary = "Adam by how far gradients are from their running mean",
            .formula = "m = beta1 m + (1 - beta1) g; s = beta2 s + (1 - beta2) (g - m)^2 + eps; w "
                       "-= lr m / (1 - beta1^t) / (sqrt(s / (1 - beta2^t)) + eps)",
            .source = "J. Zhuang et al., 2020, algorithm 2, arXiv:2010.07468",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
