#include "engine/optimizer/optimizer.h"

enum { LR, MOMENTUM, WEIGHT_DECAY, LR_DECAY };
enum { RATE, KEEP, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* A velocity of zero stays. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    now->c[RATE] = (real)(decayed_rate(o[LR], o[LR_DECAY], step));
    now->c[KEEP] = (real)(o[MOMENTUM]);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep = now->c[KEEP], decay = now->c[DECAY];
    real *restrict velocity = state[0];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        const real v = keep * velocity[i] + d;
        velocity[i] = v;
        w[i] -= rate * (d + keep * v);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [MOMENTUM] = {.name = "momentum",
                  .kind = LG_OPTION_REAL,
                  .default_value = 0.9,
                  .minimum = 0,
                  .maximum = 1,
                  .meaning = "share of the velocity that is kept"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [LR_DECAY] = OPTION_LR_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_nesterov) = {
    .info =
        {
            .name = "nesterov",
            .summary = "Nesterov's accelerated gradient, with the gradient at the point itself",
            .formula = "v = momentum v + g; w -= lr (g + momentum v)",
            .source = "Y. Nesterov, 1983; I. Sutskever et al., ICML 2013, equations 3 and 4, "
                      "rewritten; as SGD(nesterov=True) in PyTorch. Torch7's optim.nag takes the "
                      "gradient at the point ahead",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
