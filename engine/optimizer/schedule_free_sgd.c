#include "engine/optimizer/schedule_free.h"

enum { LR, MOMENTUM, WEIGHT_DECAY, WARMUP, R, LR_POWER };
enum { RATE, SHARE, REST, IS_FIRST, INNER, OUTER, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* Both points become w in the first step. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    const accumulator warm = warm_up(step, o[WARMUP]);
    const accumulator rate = o[LR] * warm;
    const accumulator part = share_of_average(step, rate, o[R], o[LR_POWER], scalars);
    now->c[RATE] = (real)rate;
    now->c[SHARE] = (real)part;
    now->c[REST] = (real)(1 - part);
    now->c[IS_FIRST] = step == 1;
    now->c[INNER] = (real)o[MOMENTUM];
    now->c[OUTER] = (real)(1 - (accumulator)o[MOMENTUM]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], part = now->c[SHARE], rest = now->c[REST],
               inner = now->c[INNER], outer = now->c[OUTER], decay = now->c[DECAY];
    const bool is_first = now->c[IS_FIRST] != 0;
    real *restrict point = state[0];
    real *restrict average = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real from = is_first ? w[i] : point[i], old = is_first ? w[i] : average[i];
        point[i] = from - rate * d;
        average[i] = rest * old + part * point[i];
        w[i] = outer * point[i] + inner * average[i];
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.9,
                  .maximum = 1,
                  .meaning = "share of the average in the point where gradients are taken"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [WARMUP] = {.name = "warmup_steps",
                .kind = LG_OPTION_INTEGER,
                .maximum = 1e15,
                .meaning = "steps in which lr grows linearly from 0"},
    [R] = {.name = "r",
           .kind = LG_OPTION_REAL,
           .is_double = true,
           .maximum = 8,
           .meaning = "power of the step in the weights of the average"},
    [LR_POWER] = {.name = "weight_lr_power",
                  .kind = LG_OPTION_REAL,
                  .is_double = true,
                  .default_value = 2,
                  .maximum = 8,
                  .meaning = "power of the largest lr so far in the weights of the average"},
};

const struct optimizer LG_SYMBOL(optimizer_schedule_free_sgd) = {
    .info =
        {
            .name = "schedule_free_sgd",
            .summary = "gradient descent on z, with its average x in place of a schedule",
            .formula = "z -= lr_t g; x += c (z - x), c = weight_t / sum of weights, weight_t = t^r "
                       "max(lr_t)^weight_lr_power; w = (1 - momentum) z + momentum x; x is "
                       "evaluated, gradients are taken at w",
            .source = "A. Defazio et al., 2024, The Road Less Scheduled, equations 3 to 5, "
                      "arXiv:2405.15682; weights of the average, warm-up and defaults as in the "
                      "authors' schedulefree package",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
    .evaluated_slot = 2,
};
