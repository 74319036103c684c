#include "engine/optimizer/optimizer.h"

enum { LR, MOMENTUM, WEIGHT_DECAY, LR_DECAY, FORM };
enum { RATE, KEEP, GAIN, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* A velocity of zero stays, and w - rate * 0 = w. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    const accumulator rate = decayed_rate(o[LR], o[LR_DECAY], step);
    const bool is_torch7 = o[FORM] != 0;
    now->c[RATE] = is_torch7 ? 1 : (real)rate;
    now->c[KEEP] = (real)o[MOMENTUM];
    now->c[GAIN] = is_torch7 ? (real)rate : 1;
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], gain = now->c[GAIN], decay = now->c[DECAY];
    real *restrict velocity = state[0];
    for (size_t i = 0; i < n; i++) {
        const real d = gain * (gradient_at(factor, direction, i) + decay * w[i]);
        velocity[i] = keep * velocity[i] + d;
        w[i] -= rate * (d + keep * velocity[i]);
    }
}

UPDATE_OUTER(update)

static const char *const forms[] = {"pytorch", "torch7", NULL};

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.9,
                  .maximum = 1,
                  .above_minimum = 1,
                  .meaning = "share of the velocity that is kept"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [LR_DECAY] = OPTION_LR_DECAY,
    [FORM] = {.name = "form",
              .kind = LG_OPTION_CHOICE,
              .maximum = 1,
              .choices = forms,
              .meaning = "with lr_decay, pytorch: all of the velocity follows the rate "
                         "(torch.optim.SGD); torch7: each step keeps its own (optim.nag)"},
};

const struct optimizer LG_SYMBOL(optimizer_nesterov) = {
    .info =
        {
            .name = "nesterov",
            .summary = "gradient descent with Nesterov's momentum",
            .formula =
                "v = momentum v + g; w -= lr (g + momentum v); form torch7: v = momentum v + lr g; "
                "w -= lr g + momentum v. w is the look-ahead point, where gradients are taken",
            .source = "Y. Nesterov, 1983, Soviet Mathematics Doklady 27, 372-376; in this form: I. "
                      "Sutskever et al., ICML 2013, section 2, equations 3 and 4",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
