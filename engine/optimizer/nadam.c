#include "engine/math/math.h"
#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MOMENTUM_DECAY };
enum { PRODUCT, POWER2 }; /* scalars: the product of momenta so far, beta2^step */
enum { RATE_NOW, RATE_MEAN, KEEP1, GAIN1, KEEP2, GAIN2, UNBIAS, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* As in Adam: moments of zero stay. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 && (real)options->value[EPS] > 0 ? ZERO_AT_REST
                                                                              : ZERO_MOVES;
}

/* The momentum of a step. */
static double momentum_at(const double *o, double step)
{
    return o[BETA1] * (1 - 0.5 * math_exp(step * o[MOMENTUM_DECAY] * math_log(0.96)));
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    const double mu = momentum_at(o, (double)step), next = momentum_at(o, (double)step + 1);
    scalars[PRODUCT] = (step == 1 ? 1 : scalars[PRODUCT]) * mu;
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    now->c[RATE_NOW] = (real)(o[LR] * (1 - mu) / (1 - scalars[PRODUCT]));
    now->c[RATE_MEAN] = (real)(o[LR] * next / (1 - scalars[PRODUCT] * next));
    now->c[KEEP1] = (real)(o[BETA1]);
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)(o[BETA2]);
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[UNBIAS] = (real)(1 / __builtin_sqrt(1 - scalars[POWER2]));
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate_now = now->c[RATE_NOW], rate_mean = now->c[RATE_MEAN], keep1 = now->c[KEEP1],
               gain1 = now->c[GAIN1], keep2 = now->c[KEEP2], gain2 = now->c[GAIN2],
               unbias = now->c[UNBIAS], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        const real root = real_sqrt(square[i]) * unbias + small;
        w[i] -= (rate_now * d + rate_mean * mean[i]) / root;
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
               .meaning = "decay of the mean of squared gradients"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .minimum = 0,
             .maximum = 1e30,
             .meaning = "added to the denominator"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [MOMENTUM_DECAY] = {.name = "momentum_decay",
                        .kind = LG_OPTION_REAL,
                        .default_value = 4e-3,
                        .minimum = 0,
                        .maximum = 1e3,
                        .meaning = "how soon the momentum nears beta1"},
};

const struct optimizer LG_SYMBOL(optimizer_nadam) = {
    .info =
        {
            .name = "nadam",
            .summary = "adam with the look-ahead of nesterov",
            .formula = "mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2); m and v as adam; w -= lr "
                       "((1 - mu_t) g / (1 - prod mu) + mu_(t+1) m / (1 - mu_(t+1) prod mu)) / "
                       "(sqrt(v / (1 - beta2^t)) + eps)",
            .source = "T. Dozat, Incorporating Nesterov Momentum into Adam, ICLR 2016 workshop; as "
                      "NAdam in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
