#include "engine/optimizer/moments.h"

enum { STILL = MOMENTS_COEFFICIENTS };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    moments_begin(options, step, scalars, now);
    now->c[STILL] = now->c[SMALL] * (REAL_EPSILON / 32);
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
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root of the unbiased square"),
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
    .zero_gradient = moments_zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
