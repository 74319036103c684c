#include "engine/optimizer/optimizer.h"

enum { LR, ALPHA, EPS, MOMENTUM, CENTERED, WEIGHT_DECAY };
enum { RATE, KEEP, GAIN, SMALL, MOMENT, IS_CENTERED, HAS_VELOCITY, DECAY };

static size_t slots(const struct lg_options *options)
{
    return (size_t)1 + (options->value[CENTERED] != 0) + (options->value[MOMENTUM] != 0);
}

/* Means and velocity decay towards zero, at rest they are there, and
 * w - rate * (0 / (positive)) = w. A mean that is kept whole does not change either. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    if (o[WEIGHT_DECAY] != 0)
        return ZERO_MOVES;
    return (real)o[ALPHA] == 1 && o[CENTERED] == 0 && o[MOMENTUM] == 0 ? ZERO_IS_NOTHING
                                                                       : ZERO_AT_REST;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    (void)step;
    const double *o = options->value;
    now->c[RATE] = (real)o[LR];
    now->c[KEEP] = (real)o[ALPHA];
    now->c[GAIN] = (real)(1 - (accumulator)o[ALPHA]);
    now->c[SMALL] = eps_beside_root(o[EPS]);
    now->c[MOMENT] = (real)o[MOMENTUM];
    now->c[IS_CENTERED] = (real)o[CENTERED];
    /* Which slot is the velocity does not depend on the rounding of momentum. */
    now->c[HAS_VELOCITY] = o[MOMENTUM] != 0;
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

/* is_centered and has_velocity are constants in every call: one loop each. The variance
 * of equal gradients can come out just below 0, whose root would be a NaN. */
static inline __attribute__((always_inline)) void run(const struct optimizer_step *now, size_t n,
                                                      real *restrict w, struct gradient gradient,
                                                      real *restrict square, real *restrict mean,
                                                      real *restrict velocity, bool is_centered,
                                                      bool has_velocity)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], gain = now->c[GAIN], small = now->c[SMALL],
               moment = now->c[MOMENT], decay = now->c[DECAY];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        square[i] = keep * square[i] + gain * (d * d);
        real spread = square[i];
        if (is_centered) {
            mean[i] = keep * mean[i] + gain * d;
            spread -= mean[i] * mean[i];
            spread = spread < 0 ? 0 : spread;
        }
        const real scaled = d / (real_sqrt(spread) + small);
        if (has_velocity) {
            velocity[i] = moment * velocity[i] + scaled;
            w[i] -= rate * velocity[i];
        } else {
            w[i] -= rate * scaled;
        }
    }
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const bool is_centered = now->c[IS_CENTERED] != 0, has_velocity = now->c[HAS_VELOCITY] != 0;
    if (is_centered && has_velocity)
        run(now, n, w, gradient, state[0], state[1], state[2], true, true);
    else if (is_centered)
        run(now, n, w, gradient, state[0], state[1], NULL, true, false);
    else if (has_velocity)
        run(now, n, w, gradient, state[0], NULL, state[1], false, true);
    else
        run(now, n, w, gradient, state[0], NULL, NULL, false, false);
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [ALPHA] = {.name = "alpha",
               .kind = LG_OPTION_REAL,
               .default_value = 0.99,
               .maximum = 1,
               .meaning = "decay of the mean of squared gradients"},
    [EPS] = OPTION_EPS(1e-8, "added to the root"),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .maximum = 1,
                  .meaning = "share of the velocity that is kept"},
    [CENTERED] = {.name = "centered",
                  .kind = LG_OPTION_FLAG,
                  .maximum = 1,
                  .meaning = "divide by the root of the variance, not of the mean of squares"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_rmsprop) = {
    .info =
        {
            .name = "rmsprop",
            .summary = "rates from a running mean of squared gradients",
            .formula = "v = alpha v + (1 - alpha) g^2; w -= lr g / (sqrt(v) + eps); centered: v - "
                       "m^2 for v, m = alpha m + (1 - alpha) g; momentum: u = momentum u + g / "
                       "(sqrt(v) + eps); w -= lr u",
            .source = "T. Tieleman, G. Hinton, 2012, Neural Networks for Machine Learning, lecture "
                      "6.5; centered: A. Graves, 2013, equations 38 to 45, arXiv:1308.0850",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
