#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };
enum { POWER1 }; /* scalar: beta1^step */
enum { RATE, KEEP1, GAIN1, KEEP2, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* The largest gradient so far starts from 0 and becomes eps. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER1] = (step == 1 ? 1 : scalars[POWER1]) * o[BETA1];
    now->c[RATE] = (real)(o[LR] / (1 - scalars[POWER1]));
    now->c[KEEP1] = (real)(o[BETA1]);
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)(o[BETA2]);
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict largest = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real old = keep2 * largest[i], size = real_abs(d) + small;
        mean[i] = keep1 * mean[i] + gain1 * d;
        largest[i] = old > size ? old : size;
        w[i] -= rate * mean[i] / largest[i];
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(2e-3),
    [BETA1] = {.name = "beta1",
               .kind = LG_OPTION_REAL,
               .default_value = 0.9,
               .minimum = 0,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the mean of gradients"},
    [BETA2] = {.name = "beta2",
               .kind = LG_OPTION_REAL,
               .default_value = 0.999,
               .minimum = 0,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the largest gradient"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .minimum = 0,
             .maximum = 1e30,
             .meaning = "added to the size of a gradient"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_adamax) = {
    .info =
        {
            .name = "adamax",
            .summary = "adam with the largest gradient in place of the root of the mean square",
            .formula = "m = beta1 m + (1 - beta1) g; u = max(beta2 u, |g| + eps); w -= lr m / ((1 "
                       "- beta1^t) u)",
            .source =
                "D. P. Kingma, J. Ba, 2014, algorithm 2, arXiv:1412.6980; as Adamax in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
