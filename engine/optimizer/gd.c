#include "engine/optimizer/optimizer.h"

enum { LR, LR_DECAY };
enum { RATE };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 0;
}

/* w - rate * 0 = w in every bit. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_IS_NOTHING;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    now->c[RATE] = (real)decayed_rate(o[LR], o[LR_DECAY], step);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    (void)state;
    const real rate = now->c[RATE];
    for (size_t i = 0; i < n; i++)
        w[i] -= rate * gradient_at(factor, direction, i);
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [LR_DECAY] = OPTION_LR_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_gd) = {
    .info =
        {
            .name = "gd",
            .summary = "gradient descent on all training samples at once",
            .formula = "w -= lr g, g over the whole training set",
            .source = "A. Cauchy, 1847, Comptes rendus 25, 536-538",
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
