#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };
enum { POWER1, POWER2 }; /* scalars: beta1^step, beta2^step */
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, UNBIAS, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 3;
}

/* Moments decay towards zero whatever the gradient; moments of zero stay, and
 * w - rate * 0 / (positive) = w as long as the rate, largest in step 1, is finite. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    const bool is_finite = o[LR] / (1 - o[BETA1]) <= (double)REAL_MAX;
    return is_finite && o[WEIGHT_DECAY] == 0 && (real)o[EPS] > 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER1] = (step == 1 ? 1 : scalars[POWER1]) * o[BETA1];
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    now->c[RATE] = (real)(o[LR] / (1 - scalars[POWER1]));
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[UNBIAS] = (real)(1 / __builtin_sqrt(1 - scalars[POWER2]));
    now->c[SMALL] = (real)o[EPS];
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
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
    [BETA1] = {.name = "beta1",
               .kind = LG_OPTION_REAL,
               .default_value = 0.9,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the mean of gradients"},
    [BETA2] = {.name = "beta2",
               .kind = LG_OPTION_REAL,
               .default_value = 0.999,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the mean of squared gradients"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .maximum = 1e30,
             .meaning = "added to the root of the unbiased square"},
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
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
