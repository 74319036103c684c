#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, WARMUP_STEPS };
enum { SQUARES, POWER2 }; /* scalars: the sum of squared rates, beta2^step */
enum { RATE, BLEND, SHARE, KEEP2, GAIN2, SMALL, DECAY, FIRST };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 3;
}

/* The three points move towards each other. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    const double warm = o[WARMUP_STEPS], t = (double)step;
    const double rate = o[LR] * (t < warm ? t / warm : 1) * __builtin_sqrt(1 - scalars[POWER2]);
    const double total = (step == 1 ? 0 : scalars[SQUARES]) + rate * rate;
    scalars[SQUARES] = total;
    now->c[RATE] = (real)(rate);
    now->c[BLEND] = (real)(o[BETA1]);
    now->c[SHARE] = (real)(total > 0 ? rate * rate / total : 0);
    now->c[KEEP2] = (real)(o[BETA2]);
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[SMALL] = (real)(o[EPS]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
    now->c[FIRST] = (real)(step == 1);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], blend = now->c[BLEND], share = now->c[SHARE],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], small = now->c[SMALL],
               decay = now->c[DECAY], first = now->c[FIRST];
    real *restrict z = state[0];
    real *restrict x = state[1];
    real *restrict square = state[2];
    for (size_t i = 0; i < n; i++) {
        const real y = w[i], z0 = first != 0 ? y : z[i], x0 = first != 0 ? y : x[i];
        const real d = gradient_at(factor, direction, i);
        square[i] = keep2 * square[i] + gain2 * (d * d);
        z[i] = z0 - rate * (d / (real_sqrt(square[i]) + small) + decay * y);
        x[i] = x0 + share * (z[i] - x0);
        w[i] = z[i] + blend * (x[i] - z[i]);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(2.5e-3),
    [BETA1] = {.name = "beta1",
               .kind = LG_OPTION_REAL,
               .default_value = 0.9,
               .minimum = 0,
               .maximum = 1,
               .meaning = "where between z (0) and x (1) gradients are taken"},
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
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .default_value = 0,
                      .minimum = 0,
                      .maximum = 1e30,
                      .meaning = "times the point y, beside the step"},
    [WARMUP_STEPS] = {.name = "warmup_steps",
                      .kind = LG_OPTION_INTEGER,
                      .maximum = 1e9,
                      .meaning = "steps over which the rate grows to lr"},
};

const struct optimizer LG_SYMBOL(optimizer_schedule_free_adamw) = {
    .info =
        {
            .name = "schedule_free_adamw",
            .summary = "adamw that needs no schedule: gradients are taken between its point and "
                       "the average, which is evaluated",
            .formula = "v as adam; lr_t = lr sqrt(1 - beta2^t); z -= lr_t (g(y) / (sqrt(v) + eps) "
                       "+ weight_decay y); x += c (z - x), c = lr_t^2 / sum lr^2; y = (1 - beta1) "
                       "z + beta1 x",
            .source =
                "A. Defazio et al., The Road Less Scheduled, 2024, algorithm 1, arXiv:2405.15682",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
    .evaluated_slot = 2, /* x */
};
