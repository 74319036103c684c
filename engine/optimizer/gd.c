#include "engine/optimizer/optimizer.h"

enum { LR, WEIGHT_DECAY, LR_DECAY };
enum { RATE, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 0;
}

/* w - lr * 0 = w. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_IS_NOTHING : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    now->c[RATE] = (real)(decayed_rate(o[LR], o[LR_DECAY], step));
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], decay = now->c[DECAY];
    (void)state;
    for (size_t i = 0; i < n; i++) {
        w[i] -= rate * (gradient_at(factor, direction, i) + decay * w[i]);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.1),
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [LR_DECAY] = OPTION_LR_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_gd) = {
    .info =
        {
            .name = "gd",
            .summary = "gradient descent: one step an epoch, on all samples",
            .formula = "w -= lr g",
            .source = "A.-L. Cauchy, Comptes rendus 25, 1847",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
    .full_batch = true,
};
