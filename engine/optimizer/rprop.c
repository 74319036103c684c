#include "engine/optimizer/optimizer.h"

enum { LR, ETA_MINUS, ETA_PLUS, STEP_MIN, STEP_MAX };
enum { LESS, MORE, LEAST, MOST };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* The first gradient, which there is none before, and the first step's size. */
static real initial_state(const struct lg_options *options, size_t slot)
{
    return slot == 1 ? (real)options->value[LR] : 0;
}

/* No gradient, no step; its size stays unless lr was out of its limits. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    return o[LR] >= o[STEP_MIN] && o[LR] <= o[STEP_MAX] ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    const double *o = options->value;
    (void)step;
    now->c[LESS] = (real)(o[ETA_MINUS]);
    now->c[MORE] = (real)(o[ETA_PLUS]);
    now->c[LEAST] = (real)(o[STEP_MIN]);
    now->c[MOST] = (real)(o[STEP_MAX]);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real less = now->c[LESS], more = now->c[MORE], least = now->c[LEAST], most = now->c[MOST];
    real *restrict before = state[0];
    real *restrict size = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        const bool on = (d > 0 && before[i] > 0) || (d < 0 && before[i] < 0);
        const bool back = (d > 0 && before[i] < 0) || (d < 0 && before[i] > 0);
        const real scaled = size[i] * (on ? more : back ? less : 1);
        size[i] = scaled < least ? least : scaled > most ? most : scaled;
        const real used = back ? 0 : d; /* after a jump over the valley, wait a step */
        w[i] -= used > 0 ? size[i] : used < 0 ? -size[i] : 0;
        before[i] = used;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.01),
    [ETA_MINUS] = {.name = "eta_minus",
                   .kind = LG_OPTION_REAL,
                   .default_value = 0.5,
                   .minimum = 0,
                   .above_minimum = 1,
                   .maximum = 1,
                   .meaning = "factor of a step after a change of sign"},
    [ETA_PLUS] = {.name = "eta_plus",
                  .kind = LG_OPTION_REAL,
                  .default_value = 1.2,
                  .minimum = 1,
                  .maximum = 1e3,
                  .meaning = "factor of a step after none"},
    [STEP_MIN] = {.name = "step_min",
                  .kind = LG_OPTION_REAL,
                  .default_value = 1e-6,
                  .minimum = 0,
                  .maximum = 1e30,
                  .meaning = "least step"},
    [STEP_MAX] = {.name = "step_max",
                  .kind = LG_OPTION_REAL,
                  .default_value = 50,
                  .minimum = 0,
                  .maximum = 1e30,
                  .meaning = "largest step"},
};

const struct optimizer LG_SYMBOL(optimizer_rprop) = {
    .info =
        {
            .name = "rprop",
            .summary = "steps by the sign of the gradient alone",
            .formula = "g has the sign it had: s = min(eta_plus s, step_max); the other: s = "
                       "max(eta_minus s, step_min), g = 0; w -= sign(g) s; s starts as lr",
            .source =
                "M. Riedmiller, H. Braun, 1993, doi:10.1109/ICNN.1993.298623; as Rprop in PyTorch",
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
