#include "engine/optimizer/optimizer.h"

enum { LR, ETA_MINUS, ETA_PLUS, STEP_MIN, STEP_MAX };
enum { SMALLER, LARGER, LEAST, MOST };

/* Where least > most it is most, as torch.clamp. */
static inline real clamped(real x, real least, real most)
{
    const real y = x < least ? least : x;
    return y > most ? most : y;
}

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* The first step, which has no sign before it, clamps a step size and no more. */
static real initial_state(const struct lg_options *options, size_t slot)
{
    const double *o = options->value;
    return slot == 0 ? 0 : clamped((real)o[LR], (real)o[STEP_MIN], (real)o[STEP_MAX]);
}

/* A previous gradient is forgotten; without one the size is in its range already. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_AT_REST;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    (void)step;
    const double *o = options->value;
    now->c[SMALLER] = (real)o[ETA_MINUS];
    now->c[LARGER] = (real)o[ETA_PLUS];
    now->c[LEAST] = (real)o[STEP_MIN];
    now->c[MOST] = (real)o[STEP_MAX];
}

/* Signs are compared, not multiplied: a product of small gradients would be 0. */
static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real smaller = now->c[SMALLER], larger = now->c[LARGER], least = now->c[LEAST],
               most = now->c[MOST];
    real *restrict previous = state[0];
    real *restrict size = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        const real sign = d > 0 ? 1 : (d < 0 ? -1 : (real)0);
        const real past = previous[i] > 0 ? 1 : (previous[i] < 0 ? -1 : (real)0);
        const real agree = sign * past;
        size[i] = clamped(size[i] * (agree > 0 ? larger : (agree < 0 ? smaller : 1)), least, most);
        w[i] -= (agree < 0 ? 0 : sign) * size[i];
        previous[i] = agree < 0 ? 0 : d;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-2),
    [ETA_MINUS] = {.name = "eta_minus",
                   .kind = LG_OPTION_REAL,
                   .default_value = 0.5,
                   .maximum = 0.9999999999999999,
                   .above_minimum = 1,
                   .meaning =
                       "factor of a step size when the gradient changes sign (etas[0] in torch)"},
    [ETA_PLUS] = {.name = "eta_plus",
                  .kind = LG_OPTION_REAL,
                  .default_value = 1.2,
                  .minimum = 1,
                  .maximum = 1e30,
                  .above_minimum = 1,
                  .meaning = "factor of a step size while the sign stays (etas[1] in torch)"},
    [STEP_MIN] = {.name = "step_min",
                  .kind = LG_OPTION_REAL,
                  .default_value = 1e-6,
                  .maximum = 1e30,
                  .meaning = "least step size"},
    [STEP_MAX] = {.name = "step_max",
                  .kind = LG_OPTION_REAL,
                  .default_value = 50,
                  .maximum = 1e30,
                  .meaning = "largest step size"},
};

const struct optimizer LG_SYMBOL(optimizer_rprop) = {
    .info =
        {
            .name = "rprop",
            .summary = "step sizes that follow the signs of gradients, not their sizes",
            .formula =
                "s = clamp(s * (eta_plus if g g' > 0, eta_minus if g g' < 0, else 1), step_min, "
                "step_max), from s = lr; g = 0 if g g' < 0; w -= sign(g) s; g' = g",
            .source = "M. Riedmiller, H. Braun, 1993, doi:10.1109/ICNN.1993.298623; without "
                      "weight-backtracking: C. Igel, M. Huesken, 2003, iRprop-, "
                      "doi:10.1016/S0925-2312(01)00700-7",
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
