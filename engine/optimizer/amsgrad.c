#include "engine/optimizer/moments.h"

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 3;
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], unbias = now->c[UNBIAS],
               small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    real *restrict largest = state[2];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        largest[i] = largest[i] < square[i] ? square[i] : largest[i];
        w[i] -= rate * mean[i] / (real_sqrt(largest[i]) * unbias + small);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root of the unbiased square"),
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_amsgrad) = {
    .info =
        {
            .name = "amsgrad",
            .summary = "Adam with the largest mean of squares so far",
            .formula = "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; u = max(u, v); "
                       "w -= lr m / (1 - beta1^t) / (sqrt(u / (1 - beta2^t)) + eps)",
            .source = "S. J. Reddi, S. Kale, S. Kumar, 2018, algorithm 2, arXiv:1904.09237; with "
                      "Adam's bias corrections, as torch.optim.Adam(amsgrad=True)",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = moments_zero_gradient,
    .begin = moments_begin,
    .update = update,
    .update_outer = update_outer,
};
