#include "engine/optimizer/moments.h"

enum { IS_SCALED = MOMENTS_COEFFICIENTS };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* coth(y) - 1 / y for y up to 1, by Gauss's continued fraction of tanh: off by less than
 * a part in 10^20 after 11 terms. */
static accumulator langevin(accumulator y)
{
    accumulator tail = 0;
    for (int odd = 25; odd > 3; odd -= 2)
        tail = y * y / (odd + tail);
    return y / (3 + tail);
}

/* The paper's rho_t = R - 2 t beta2^t / (1 - beta2^t), R = 2 / (1 - beta2) - 1. With
 * 2 y = -log(beta2) that is t + L(y) - t L(t y), L the function above: for a beta2 near 1, R
 * and what is taken from it are large and nearly equal, and the rest is not there any more. */
static accumulator length_of(double beta2, uint64_t step, accumulator longest, accumulator power,
                             accumulator left)
{
    const accumulator t = (accumulator)step;
    if (is_near_one(beta2)) {
        const accumulator y = -math_log1p((accumulator)beta2 - 1) / 2;
        if (t * y < 1)
            return t + langevin(y) - t * langevin(t * y);
        power = 1 - left;
    }
    return longest - 2 * t * power / left;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    moments_begin(options, step, scalars, now);
    const accumulator left = left_of_power(o[BETA2], step, scalars[POWER2]);
    const accumulator longest = 2 / (1 - (accumulator)o[BETA2]) - 1;
    const accumulator length = length_of(o[BETA2], step, longest, scalars[POWER2], left);
    const bool is_scaled = length > 5;
    accumulator rate = o[LR] / left_of_power(o[BETA1], step, scalars[POWER1]);
    if (is_scaled)
        rate *= accumulator_sqrt((length - 4) * (length - 2) * longest /
                                 ((longest - 4) * (longest - 2) * length) * left);
    now->c[RATE] = (real)rate;
    now->c[IS_SCALED] = is_scaled;
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], small = now->c[SMALL],
               decay = now->c[DECAY];
    const bool is_scaled = now->c[IS_SCALED] != 0;
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        w[i] -= rate * mean[i] / (is_scaled ? real_sqrt(square[i]) + small : 1);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root of the square, before its bias is corrected"),
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_radam) = {
    .info =
        {
            .name = "radam",
            .summary = "Adam that starts without adaptive rates, while their variance is large",
            .formula =
                "m, v as Adam's; R = 2 / (1 - beta2) - 1; r = R - 2 t beta2^t / (1 - beta2^t); r > "
                "5: w -= lr sqrt((r - 4) (r - 2) R / ((R - 4) (R - 2) r)) m / (1 - beta1^t) sqrt(1 "
                "- beta2^t) / (sqrt(v) + eps); else w -= lr m / (1 - beta1^t)",
            .source = "L. Liu et al., 2019, algorithm 2, arXiv:1908.03265; eps and the 5 as "
                      "torch.optim.RAdam",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = moments_zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
