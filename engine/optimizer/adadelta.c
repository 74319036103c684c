#include "engine/optimizer/optimizer.h"

enum { LR, RHO, EPS, WEIGHT_DECAY };
enum { RATE, KEEP, GAIN, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* Means decay towards zero; means of zero stay, and w - rate * (positive) * 0 = w. */
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
    now->c[KEEP] = (real)o[RHO];
    now->c[GAIN] = (real)(1 - (accumulator)o[RHO]);
    now->c[SMALL] = (real)o[EPS];
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], gain = now->c[GAIN], small = now->c[SMALL],
               decay = now->c[DECAY];
    real *restrict square = state[0];
    real *restrict step = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        square[i] = keep * square[i] + gain * (d * d);
        const real delta = real_sqrt(step[i] + small) / real_sqrt(square[i] + small) * d;
        step[i] = keep * step[i] + gain * (delta * delta);
        w[i] -= rate * delta;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1),
    [RHO] = {.name = "rho",
             .kind = LG_OPTION_REAL,
             .default_value = 0.9,
             .maximum = 0.9999999, /* torch: 1, a mean that never moves */
             .meaning = "decay of the means of squares"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-6,
             .maximum = 1e30,
             .above_minimum = 1, /* by the formula nothing would ever move */
             .meaning = "added to the means of squares, inside their roots"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_adadelta) = {
    .info =
        {
            .name = "adadelta",
            .summary = "steps scaled by the ratio of past steps to past gradients",
            .formula = "v = rho v + (1 - rho) g^2; d = sqrt(u + eps) / sqrt(v + eps) g; u = rho u "
                       "+ (1 - rho) d^2; w -= lr d",
            .source = "M. D. Zeiler, 2012, algorithm 1, arXiv:1212.5701",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
