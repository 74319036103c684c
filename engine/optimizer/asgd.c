#include "engine/math/math.h"
#include "engine/optimizer/optimizer.h"

enum { LR, LAMBD, ALPHA, T0, WEIGHT_DECAY };
enum { ETA, MU }; /* scalars: this step's rate and share of the average */
enum { RATE, SHRINK, SHARE, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 1;
}

/* The average follows w, which shrinks. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    (void)options;
    return ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    const double t = (double)step;
    const double eta = step == 1 ? o[LR] : scalars[ETA], mu = step == 1 ? 1 : scalars[MU];
    now->c[RATE] = (real)(eta);
    now->c[SHRINK] = (real)(1 - o[LAMBD] * eta);
    now->c[SHARE] = (real)(mu);
    now->c[DECAY] = (real)(o[WEIGHT_DECAY]);
    /* Those of the next step. */
    scalars[ETA] = o[LR] / math_exp(o[ALPHA] * math_log(1 + o[LAMBD] * o[LR] * t));
    scalars[MU] = 1 / (t - o[T0] > 1 ? t - o[T0] : 1);
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
        w[i] = shrink * w[i] - rate * d;
        average[i] = share == 1 ? w[i] : average[i] + (w[i] - average[i]) * share;
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.01),
    [LAMBD] = {.name = "lambd",
               .kind = LG_OPTION_REAL,
               .default_value = 1e-4,
               .minimum = 0,
               .maximum = 1e30,
               .meaning = "decay of the parameters"},
    [ALPHA] = {.name = "alpha",
               .kind = LG_OPTION_REAL,
               .default_value = 0.75,
               .minimum = 0,
               .maximum = 1e3,
               .meaning = "power of the rate's decay"},
    [T0] = {.name = "t0",
            .kind = LG_OPTION_REAL,
            .default_value = 1e6,
            .minimum = 0,
            .maximum = 1e300,
            .meaning = "the step after which averaging starts"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_asgd) = {
    .info =
        {
            .name = "asgd",
            .summary = "sgd and the average of its parameters",
            .formula = "w = (1 - lambd eta_t) w - eta_t g; a += mu_t (w - a); eta = lr / (1 + "
                       "lambd lr t)^alpha; mu = 1 / max(1, t - t0)",
            .source = "B. T. Polyak, A. B. Juditsky, 1992, doi:10.1137/0330046; as ASGD in PyTorch "
                      "and optim.asgd in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
