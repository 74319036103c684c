#include "engine/optimizer/powers.h"
#include "engine/optimizer/schedule_free.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, WARMUP, R, LR_POWER, FORM };
enum { FORM_PAPER, FORM_PACKAGE };
enum { POWER2 = SCHEDULE_FREE_SCALARS }; /* scalar: beta2^step */
enum { RATE, SHARE, REST, IS_FIRST, INNER, OUTER, KEEP2, GAIN2, UNBIAS, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 3;
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
    const accumulator root = accumulator_sqrt(left_of_one(o[BETA2], step, &scalars[POWER2]));
    const accumulator warm = o[LR] * warm_up(step, o[WARMUP]);
    const bool is_package = o[FORM] == FORM_PACKAGE;
    const accumulator rate = is_package ? warm : warm * root;
    const accumulator part = share_of_average(step, rate, o[R], o[LR_POWER], scalars);
    now->c[RATE] = (real)rate;
    now->c[SHARE] = (real)part;
    now->c[REST] = (real)(1 - part);
    now->c[IS_FIRST] = step == 1;
    now->c[INNER] = (real)o[BETA1];
    now->c[OUTER] = (real)(1 - (accumulator)o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[UNBIAS] = is_package ? (real)(1 / root) : 1;
    now->c[SMALL] = eps_beside_root(o[EPS]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], part = now->c[SHARE], rest = now->c[REST],
               inner = now->c[INNER], outer = now->c[OUTER], keep2 = now->c[KEEP2],
               gain2 = now->c[GAIN2], unbias = now->c[UNBIAS], small = now->c[SMALL],
               decay = now->c[DECAY];
    const bool is_first = now->c[IS_FIRST] != 0;
    real *restrict point = state[0];
    real *restrict average = state[1];
    real *restrict square = state[2];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        square[i] = keep2 * square[i] + gain2 * (d * d);
        const real from = is_first ? w[i] : point[i], old = is_first ? w[i] : average[i];
        point[i] = from - rate * (d / (real_sqrt(square[i]) * unbias + small) + decay * w[i]);
        average[i] = rest * old + part * point[i];
        w[i] = outer * point[i] + inner * average[i];
    }
}

UPDATE_OUTER(update)

static const char *const forms[] = {"paper", "package_1_3", NULL};

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(2.5e-3),
    [BETA1] =
        OPTION_BETA("beta1", 0.9, "share of the average in the point where gradients are taken"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root"),
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "decoupled decay: lr * weight_decay * w is taken from z"},
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
    [FORM] = {.name = "form",
              .kind = LG_OPTION_CHOICE,
              .maximum = FORM_PACKAGE,
              .choices = forms,
              .meaning = "where the square's bias is corrected. paper: in lr_t, as in algorithm 1 "
                         "and in the package's AdamWScheduleFreePaper; package_1_3: in v alone, "
                         "as in its AdamWScheduleFree from 1.3 on (1.4.1 too)"},
};

const struct optimizer LG_SYMBOL(optimizer_schedule_free_adamw) = {
    .info =
        {
            .name = "schedule_free_adamw",
            .summary = "Adam on z without its mean of gradients, with the average x in place of a "
                       "schedule",
            .formula =
                "lr_t = lr min(1, t / warmup_steps) sqrt(1 - beta2^t); v = beta2 v + (1 - beta2) "
                "g^2; z -= lr_t (g / (sqrt(v) + eps) + weight_decay w); x += c (z - x), c = "
                "weight_t / sum of weights, weight_t = t^r max(lr_t)^weight_lr_power; w = (1 - "
                "beta1) z + beta1 x; x is evaluated, gradients are taken at w; form package_1_3: "
                "lr_t = lr min(1, t / warmup_steps), v / (1 - beta2^t) for v",
            .source = "A. Defazio et al., 2024, The Road Less Scheduled, algorithm 1, "
                      "arXiv:2405.15682; weights of the average, warm-up and defaults as in the "
                      "authors' schedulefree package: form paper as its 1.2.7 and before",
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
