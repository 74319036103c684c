#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, WEIGHT_DECAY };
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* The mean decays towards zero; a mean of zero stays and has no sign. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    (void)step;
    const double *o = options->value;
    now->c[RATE] = (real)o[LR];
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - (accumulator)o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], decay = now->c[DECAY];
    real *restrict mean = state[0];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        const real c = keep1 * mean[i] + gain1 * d;
        const real sign = c > 0 ? 1 : (c < 0 ? -1 : (real)0);
        w[i] -= rate * (sign + decay * w[i]);
        mean[i] = keep2 * mean[i] + gain2 * d;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-4),
    [BETA1] = OPTION_BETA("beta1", 0.9, "share of the mean in the direction of a step"),
    [BETA2] = OPTION_BETA("beta2", 0.99, "decay of the mean of gradients"),
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "decoupled decay: lr * weight_decay * w is taken from w"},
};

const struct optimizer LG_SYMBOL(optimizer_lion) = {
    .info =
        {
            .name = "lion",
            .summary = "steps of one size, by the sign of a mean of gradients",
            .formula = "c = beta1 m + (1 - beta1) g; w -= lr (sign(c) + weight_decay w); m = beta2 "
                       "m + (1 - beta2) g",
            .source = "X. Chen et al., 2023, algorithm 2, arXiv:2302.06675",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
