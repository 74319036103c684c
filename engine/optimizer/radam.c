#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };
enum { POWER1, POWER2 }; /* scalars: beta1^step, beta2^step */
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, ADAPTS, RECTIFIED, SMALL, DECAY };

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

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER1] = (step == 1 ? 1 : scalars[POWER1]) * o[BETA1];
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    /* The length of the average that v is, now and in the limit. */
    const double limit = 2 / (1 - o[BETA2]) - 1;
    const double rho = limit - 2 * (double)step * scalars[POWER2] / (1 - scalars[POWER2]);
    const bool adapts = rho > 5;
    const double top = (rho - 4) * (rho - 2) * limit, bottom = (limit - 4) * (limit - 2) * rho;
    const double rectified = adapts ? __builtin_sqrt(top / bottom * (1 - scalars[POWER2])) : 0;
    now->c[RATE] = (real)(o[LR] / (1 - scalars[POWER1]));
    now->c[KEEP1] = (real)(o[BETA1]);
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)(o[BETA2]);
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[ADAPTS] = (real)(adapts);
    now->c[RECTIFIED] = (real)(rectified);
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], adapts = now->c[ADAPTS],
               rectified = now->c[RECTIFIED], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        const real scale = rectified / (real_sqrt(square[i]) + small);
        w[i] -= rate * mean[i] * (adapts != 0 ? scale : 1);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
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
};

const struct optimizer LG_SYMBOL(optimizer_radam) = {
    .info =
        {
            .name = "radam",
            .summary = "adam that begins as sgd with momentum, until its rates are known well",
            .formula = "m and v as adam; rho_t = rho - 2 t beta2^t / (1 - beta2^t), rho = 2 / (1 - "
                       "beta2) - 1; rho_t > 5: w -= lr r_t m / (1 - beta1^t) sqrt(1 - beta2^t) / "
                       "(sqrt(v) + eps); else w -= lr m / (1 - beta1^t)",
            .source = "L. Liu et al., On the Variance of the Adaptive Learning Rate and Beyond, "
                      "2019, algorithm 2, arXiv:1908.03265; as RAdam in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
