#include "engine/optimizer/optimizer.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };
enum { POWER1, POWER2 }; /* scalars: beta1^step, beta2^step */
enum { RATE, KEEP1, GAIN1, KEEP2, GAIN2, UNBIAS, SMALL, DECAY, STILL };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* Moments decay towards zero whatever the gradient; moments of zero stay, and
 * w - rate * 0 / (positive) = w. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    return o[WEIGHT_DECAY] == 0 && (real)o[EPS] > 0 && o[LR] / (1 - o[BETA1]) <= (double)REAL_MAX
               ? ZERO_AT_REST
               : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  double scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    scalars[POWER1] = (step == 1 ? 1 : scalars[POWER1]) * o[BETA1];
    scalars[POWER2] = (step == 1 ? 1 : scalars[POWER2]) * o[BETA2];
    now->c[RATE] = (real)(o[LR] / (1 - scalars[POWER1]));
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - o[BETA2]);
    now->c[UNBIAS] = (real)(1 / __builtin_sqrt(1 - scalars[POWER2]));
    now->c[SMALL] = (real)o[EPS];
    now->c[STILL] = now->c[SMALL] * (REAL_EPSILON / 32);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

/* Entries that are looked at together: does any of their parameters move at all? */
enum { BLOCK = 64 };

/* Root and division are most of the work, and change nothing where no gradient has
 * come for a while. What is taken from w is at most rate |m| / small, the denominator
 * being no less than small, and below |w| epsilon / 8, a quarter of the least distance
 * from w to another number, w less it rounds to w. The comparison is with a quarter of
 * that again, which outweighs its own roundings; where its product is subnormal,
 * being less by one step outweighs rounding up. A w of 0 is never below it. */
static inline __attribute__((always_inline)) void
update_block(const struct optimizer_step *now, size_t n, real *restrict w, real factor,
             const real *restrict direction, real *restrict mean, real *restrict square)
{
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], gain2 = now->c[GAIN2], unbias = now->c[UNBIAS],
               small = now->c[SMALL], decay = now->c[DECAY], still = now->c[STILL];
    unsigned moves = 0;
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        moves |= !(real_abs(rate * mean[i]) < still * real_abs(w[i]));
    }
    if (moves)
        for (size_t i = 0; i < n; i++)
            w[i] -= rate * mean[i] / (real_sqrt(square[i]) * unbias + small);
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const struct optimizer_step step = *now; /* a copy that no store can change */
    const real factor = gradient.factor, *direction = gradient.direction;
    real *mean = state[0], *square = state[1];
    size_t i = 0;
    for (; i + BLOCK <= n; i += BLOCK)
        update_block(&step, BLOCK, w + i, factor, direction + i, mean + i, square + i);
    update_block(&step, n - i, w + i, factor, direction + i, mean + i, square + i);
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = {.name = "beta1",
               .kind = LG_OPTION_REAL,
               .default_value = 0.9,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the mean of gradients"},
    [BETA2] = {.name = "beta2",
               .kind = LG_OPTION_REAL,
               .default_value = 0.999,
               .maximum = 0.9999999999999999,
               .meaning = "decay of the mean of squared gradients"},
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .maximum = 1e30,
             .meaning = "added to the root of the unbiased square"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_adam) = {
    .info =
        {
            .name = "adam",
            .summary = "rates from running means of gradients and of their squares",
            .formula = "m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; "
                       "w -= lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps)",
            .source = "D. P. Kingma, J. Ba, 2014, algorithm 1, arXiv:1412.6980",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
