#include "engine/optimizer/optimizer.h"

enum { LR };
enum { RATE };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 0;
}

static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_IS_NOTHING;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    (void)step;
    now->c[RATE] = (real)options->value[LR];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE];
    (void)state;
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        w[i] -= d > 0 ? rate : d < 0 ? -rate : 0;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-4),
};

const struct optimizer LG_SYMBOL(optimizer_sign_sgd) = {
    .info =
        {
            .name = "sign_sgd",
            .summary = "steps of one size, by the sign of the gradient",
            .formula = "w -= lr sign(g)",
            .source = "J. Bernstein et al., signSGD, ICML 2018, algorithm 1, arXiv:1802.04434",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
