#include "engine/optimizer/optimizer.h"

enum { LR, LR_DECAY, WEIGHT_DECAY, INITIAL, EPS };
enum { RATE, DECAY, SMALL };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

static real initial_state(const struct lg_options *options, size_t slot)
{
    (void)slot;
    return (real)options->value[INITIAL];
}

/* The sum grows by 0 and w - rate * 0 / (positive) = w. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    return options->value[WEIGHT_DECAY] == 0 ? ZERO_IS_NOTHING : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    now->c[RATE] = (real)decayed_rate(o[LR], o[LR_DECAY], step);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
    now->c[SMALL] = eps_beside_root(o[EPS]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], decay = now->c[DECAY], small = now->c[SMALL];
    real *restrict sum = state[0];
    if (decay == 0) {
        for (size_t i = 0; i < n; i++) {
            const real d = gradient_at(factor, direction, i);
            sum[i] += d * d;
            w[i] -= rate * d / (real_sqrt(sum[i]) + small);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        sum[i] += d * d;
        w[i] -= rate * d / (real_sqrt(sum[i]) + small);
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [LR_DECAY] = OPTION_LR_DECAY,
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [INITIAL] = {.name = "initial_accumulator_value",
                 .kind = LG_OPTION_REAL,
                 .maximum = 1e30,
                 .meaning = "what the sum of squares starts from"},
    [EPS] = OPTION_EPS(1e-10, "added to the root of the sum"),
};

const struct optimizer LG_SYMBOL(optimizer_adagrad) = {
    .info =
        {
            .name = "adagrad",
            .summary = "rates that shrink with each parameter's own past gradients",
            .formula = "G += g^2; w -= lr g / (sqrt(G) + eps)",
            .source = "J. Duchi, E. Hazan, Y. Singer, Adaptive Subgradient Methods, JMLR 12, 2011, "
                      "section 1.1 (diagonal form); eps and the first sum as torch.optim.Adagrad",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .initial_state = initial_state,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
