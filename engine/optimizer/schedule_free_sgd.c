#include "engine/optimizer/optimizer.h"

enum { LR, MOMENTUM, WEIGHT_DECAY, WARMUP_STEPS };
enum { SQUARES }; /* scalar: the sum of squared rates */
enum { RATE, BLEND, SHARE, DECAY, FIRST };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
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
    const double warm = o[WARMUP_STEPS], t = (double)step;
    const double rate = o[LR] * (t < warm ? t / warm : 1);
    const double total = (step == 1 ? 0 : scalars[SQUARES]) + rate * rate;
    scalars[SQUARES] = total;
    now->c[RATE] = (real)(rate);
    now->c[BLEND] = (real)(o[MOMENTUM]);
    now->c[SHARE] = (real)(total > 0 ? rate * rate / total : 0);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
    now->c[FIRST] = (real)(step == 1);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], blend = now->c[BLEND], share = now->c[SHARE],
               decay = now->c[DECAY], first = now->c[FIRST];
    real *restrict z = state[0];
    real *restrict x = state[1];
    for (size_t i = 0; i < n; i++) {
        const real y = w[i], z0 = first != 0 ? y : z[i], x0 = first != 0 ? y : x[i];
        const real d = gradient_at(factor, direction, i) + decay * y;
        z[i] = z0 - rate * d;
        x[i] = x0 + share * (z[i] - x0);
        w[i] = z[i] + blend * (x[i] - z[i]);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.9,
                  .minimum = 0,
                  .maximum = 1,
                  .meaning = "where between z (0) and x (1) gradients are taken"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [WARMUP_STEPS] = {.name = "warmup_steps",
                      .kind = LG_OPTION_INTEGER,
                      .maximum = 1e9,
                      .meaning = "steps over which the rate grows to lr"},
};

const struct optimizer LG_SYMBOL(optimizer_schedule_free_sgd) = {
    .info =
        {
            .name = "schedule_free_sgd",
            .summary = "sgd that needs no schedule: gradients are taken between its point and the "
                       "average, which is evaluated",
            .formula = "z -= lr g(y); x += c (z - x), c = lr_t^2 / sum lr^2; y = (1 - momentum) z "
                       "+ momentum x",
            .source = "A. Defazio et al., The Road Less Scheduled, 2024, equations 3 to 5 and "
                      "section 4, arXiv:2405.15682",
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
