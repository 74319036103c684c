#include "engine/optimizer/optimizer.h"

enum { LR, ALPHA, EPS, WEIGHT_DECAY, MOMENTUM, CENTERED };
enum { RATE, KEEP, GAIN, SMALL, DECAY, PUSH, CENTRE };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 3;
}

/* Averages of zero stay. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 && (real)options->value[EPS] > 0 ? ZERO_AT_REST
                                                                              : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    (void)step;
    now->c[RATE] = (real)(o[LR]);
    now->c[KEEP] = (real)(o[ALPHA]);
    now->c[GAIN] = (real)(1 - o[ALPHA]);
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
    now->c[PUSH] = (real)(o[MOMENTUM]);
    now->c[CENTRE] = (real)(o[CENTERED]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], gain = now->c[GAIN], small = now->c[SMALL],
               decay = now->c[DECAY], push = now->c[PUSH], centre = now->c[CENTRE];
    real *restrict square = state[0];
    real *restrict mean = state[1];
    real *restrict velocity = state[2];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        square[i] = keep * square[i] + gain * (d * d);
        mean[i] += centre * gain * (d - mean[i]); /* stays 0 where it is not asked for */
        const real spread = square[i] - mean[i] * mean[i];
        velocity[i] = push * velocity[i] + d / (real_sqrt(spread) + small);
        w[i] -= rate * velocity[i];
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.01),
    [ALPHA] = {.name = "alpha",
               .kind = LG_OPTION_REAL,
               .default_value = 0.99,
               .minimum = 0,
               .maximum = 1,
               .meaning = "decay of the averages"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .minimum = 0,
             .maximum = 1e30,
             .meaning = "added to the denominator"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0,
                  .minimum = 0,
                  .maximum = 1,
                  .meaning = "share of the velocity that is kept"},
    [CENTERED] = {.name = "centered",
                  .kind = LG_OPTION_FLAG,
                  .maximum = 1,
                  .meaning = "divide by the root of the variance, not of the mean square"},
};

const struct optimizer LG_SYMBOL(optimizer_rmsprop) = {
    .info =
        {
            .name = "rmsprop",
            .summary = "gradients divided by the root of their mean square",
            .formula = "v = alpha v + (1 - alpha) g^2; centered: m = alpha m + (1 - alpha) g, v - "
                       "m^2 in place of v; s = momentum s + g / (sqrt(v) + eps); w -= lr s",
            .source = "T. Tieleman, G. Hinton, Coursera: Neural Networks for Machine Learning, "
                      "lecture 6.5, 2012; centred: A. Graves, 2013, equations 38 to 45, "
                      "arXiv:1308.0850; as RMSprop in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
