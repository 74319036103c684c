#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, WEIGHT_DECAY };
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, SHRINK };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* A mean of zero stays, and its sign is 0. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    (void)step;
    now->c[RATE] = (real)(o[LR]);
    now->c[KEEP1] = (real)(o[BETA1]);
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)(o[BETA2]);
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[SHRINK] = (real)(1 - o[LR] * o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], shrink = now->c[SHRINK];
    real *restrict mean = state[0];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        const real look = keep1 * mean[i] + gain1 * d;
        mean[i] = keep2 * mean[i] + gain2 * d;
        w[i] = shrink * w[i] - (look > 0 ? rate : look < 0 ? -rate : 0);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-4),
    [BETA1] = {.name = "beta1",
               .kind = LG_OPTION_REAL,
               .default_value = 0.9,
               .minimum = 0,
               .maximum = 1,
               .meaning = "weight of the mean in a step"},
    [BETA2] = {.name = "beta2",
               .kind = LG_OPTION_REAL,
               .default_value = 0.99,
               .minimum = 0,
               .maximum = 1,
               .meaning = "decay of the mean"},
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .default_value = 0,
                      .minimum = 0,
                      .maximum = 1e30,
                      .meaning = "decoupled: lr weight_decay w is taken from w"},
};

const struct optimizer LG_SYMBOL(optimizer_lion) = {
    .info =
        {
            .name = "lion",
            .summary = "the sign of a mean of gradients",
            .formula = "c = beta1 m + (1 - beta1) g; w -= lr (sign(c) + weight_decay w); m = beta2 "
                       "m + (1 - beta2) g",
            .source = "X. Chen et al., Symbolic Discovery of Optimization Algorithms, 2023, "
                      "algorithm 2, arXiv:2302.06675",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
