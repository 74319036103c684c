#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, INITIAL_ACCUMULATOR_VALUE, WEIGHT_DECAY };
enum { POWER1, POWER2 }; /* scalars: beta1^step, beta2^step */
enum { RATE, KEEP1, GAIN1, GAIN2, UNBIAS, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

static real initial_state(const struct lg_options *options, size_t slot)
{
    return slot == 1 ? (real)options->value[INITIAL_ACCUMULATOR_VALUE] : 0;
}

/* A mean of zero stays, and so does any square. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    const bool divides = (real)o[EPS] > 0 || (real)o[INITIAL_ACCUMULATOR_VALUE] > 0;
    return o[WEIGHT_DECAY] == 0 && divides ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER1] = (step == 1 ? 1 : scalars[POWER1]) * o[BETA1];
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    now->c[RATE] = (real)(o[LR] / (1 - scalars[POWER1]));
    now->c[KEEP1] = (real)(o[BETA1]);
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[UNBIAS] = (real)(1 / __builtin_sqrt(1 - scalars[POWER2]));
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               gain2 = now->c[GAIN2], unbias = now->c[UNBIAS], small = now->c[SMALL],
               decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real own = d * d, more = gain2 * own;
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] -= square[i] > own ? more : square[i] < own ? -more : 0;
        w[i] -= rate * mean[i] / (real_sqrt(square[i]) * unbias + small);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.01),
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
               .meaning = "1 less the share of a squared gradient"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-3,
             .minimum = 0,
             .maximum = 1e30,
             .meaning = "added to the denominator"},
    [INITIAL_ACCUMULATOR_VALUE] = {.name = "initial_accumulator_value",
                                   .kind = LG_OPTION_REAL,
                                   .default_value = 1e-6,
                                   .minimum = 0,
                                   .maximum = 1e30,
                                   .meaning = "where the squares start"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_yogi) = {
    .info =
        {
            .name = "yogi",
            .summary = "adam whose squares grow and shrink additively",
            .formula = "m as adam; v -= (1 - beta2) sign(v - g^2) g^2; w -= lr m / (1 - beta1^t) / "
                       "(sqrt(v / (1 - beta2^t)) + eps)",
            .source = "M. Zaheer et al., Adaptive Methods for Nonconvex Optimization, NeurIPS "
                      "2018, algorithm 2; with the bias corrections of adam",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .initial_state = initial_state,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
