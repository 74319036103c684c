#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, INITIAL, WEIGHT_DECAY };
enum { RATE, KEEP1, GAIN1, GAIN2, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

static real initial_state(const struct lg_options *options, size_t slot)
{
    return slot == 0 ? 0 : (real)options->value[INITIAL];
}

/* The mean decays towards zero; a mean of zero stays, and so does any square;
 * w - rate * 0 / (positive) = w. */
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
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[SMALL] = eps_beside_root(o[EPS]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               gain2 = now->c[GAIN2], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        const real q = d * d;
        square[i] += gain2 * (square[i] < q ? q : (square[i] > q ? -q : 0));
        w[i] -= rate * mean[i] / (real_sqrt(square[i]) + small);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999,
                          "1 - beta2: share of a squared gradient that the square moves by"),
    [EPS] = OPTION_EPS(1e-3, "added to the root"),
    [INITIAL] = {.name = "initial_accumulator_value",
                 .kind = LG_OPTION_REAL,
                 .maximum = 1e30,
                 .meaning =
                     "what the square starts from (0 in the paper, 1e-6 in TensorFlow Addons)"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_yogi) = {
    .info =
        {
            .name = "yogi",
            .summary = "Adam whose square moves by a share of g^2 up or down",
            .formula = "m = beta1 m + (1 - beta1) g; v -= (1 - beta2) sign(v - g^2) g^2; w -= lr m "
                       "/ (sqrt(v) + eps)",
            .source = "M. Zaheer et al., Adaptive Methods for Nonconvex Optimization, NeurIPS "
                      "2018, algorithm 2",
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
