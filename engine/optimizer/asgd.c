#include "engine/optimizer/optimizer.h"

#include "engine/math/math.h"

enum { LR, LAMBD, ALPHA, T0, WEIGHT_DECAY };
enum { RATE, SHRINK, SHARE, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* The average becomes w in the first step. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    const accumulator past = (accumulator)(step - 1);
    const accumulator rate =
        o[LR] * math_exp(-o[ALPHA] * math_log1p((accumulator)o[LAMBD] * o[LR] * past));
    now->c[RATE] = (real)rate;
    now->c[SHRINK] = (real)(1 - (accumulator)o[LAMBD] * rate);
    now->c[SHARE] = (real)(1 / (past - o[T0] > 1 ? past - o[T0] : 1));
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], shrink = now->c[SHRINK], share = now->c[SHARE],
               decay = now->c[DECAY];
    real *restrict average = state[0];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        w[i] = w[i] * shrink - rate * d;
        const real moved = average[i] + share * (w[i] - average[i]);
        average[i] = share < 1 ? moved : w[i];
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [LAMBD] = {.name = "lambd",
               .kind = LG_OPTION_REAL,
               .is_double = true,
               .default_value = 1e-4,
               .maximum = 1e30,
               .meaning = "decay of w, and of the rate with the steps"},
    [ALPHA] = {.name = "alpha",
               .kind = LG_OPTION_REAL,
               .is_double = true,
               .default_value = 0.75,
               .maximum = 1e30,
               .meaning = "power of the decay of the rate"},
    [T0] = {.name = "t0",
            .kind = LG_OPTION_REAL,
            .is_double = true,
            .default_value = 1e6,
            .maximum = 1e30,
            .meaning = "step after which averaging starts"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_asgd) = {
    .info =
        {
            .name = "asgd",
            .summary =
                "gradient descent whose parameters are averaged; the average is what is evaluated",
            .formula =
                "eta = lr / (1 + lambd lr (t - 1))^alpha; w = w (1 - lambd eta) - eta g; a += (w - "
                "a) mu, mu = 1 / max(1, t - 1 - t0); a is evaluated, gradients are taken at w",
            .source = "B. T. Polyak, A. B. Juditsky, 1992, doi:10.1137/0330046; this form: L. "
                      "Bottou's sgd, as Torch7's optim.asgd and torch.optim.ASGD",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
    .evaluated_slot = 1,
};
