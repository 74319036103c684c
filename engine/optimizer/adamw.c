#include "engine/optimizer/moments.h"

enum { AMSGRAD = MOMENTS_OPTIONS };
enum { SHRINK = MOMENTS_COEFFICIENTS, KEEPS_LARGEST };

static size_t slots(const struct lg_options *options)
{
    return options->value[AMSGRAD] != 0 ? 3 : 2;
}

/* Decay that rounds to none is none. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    const bool is_whole = (real)(1 - (accumulator)o[LR] * o[WEIGHT_DECAY]) == 1;
    return is_whole && moments_rest(options) ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    moments_begin(options, step, scalars, now);
    now->c[SHRINK] = (real)(1 - (accumulator)o[LR] * o[WEIGHT_DECAY]);
    now->c[KEEPS_LARGEST] = (real)o[AMSGRAD];
}

/* keeps_largest is a constant in every call. */
static inline __attribute__((always_inline)) void run(const struct optimizer_step *now, size_t n,
                                                      real *restrict w, struct gradient gradient,
                                                      real *restrict mean, real *restrict square,
                                                      real *restrict largest, bool keeps_largest)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], shrink = now->c[SHRINK], keep1 = now->c[KEEP1],
               gain1 = now->c[GAIN1], keep2 = now->c[KEEP2], gain2 = now->c[GAIN2],
               unbias = now->c[UNBIAS], small = now->c[SMALL];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i);
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        real used = square[i];
        if (keeps_largest) {
            used = largest[i] < used ? used : largest[i];
            largest[i] = used;
        }
        w[i] = w[i] * shrink - rate * mean[i] / (real_sqrt(used) * unbias + small);
    }
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    if (now->c[KEEPS_LARGEST] != 0)
        run(now, n, w, gradient, state[0], state[1], state[2], true);
    else
        run(now, n, w, gradient, state[0], state[1], NULL, false);
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(1e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root of the unbiased square"),
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .default_value = 1e-2,
                      .maximum = 1e30,
                      .meaning = "decoupled decay: w is scaled by 1 - lr * weight_decay"},
    [AMSGRAD] = {.name = "amsgrad",
                 .kind = LG_OPTION_FLAG,
                 .maximum = 1,
                 .meaning = "use the largest mean of squares so far"},
};

const struct optimizer LG_SYMBOL(optimizer_adamw) = {
    .info =
        {
            .name = "adamw",
            .summary = "Adam with decoupled weight decay",
            .formula = "w *= 1 - lr weight_decay; m = beta1 m + (1 - beta1) g; v = beta2 v + (1 - "
                       "beta2) g^2; w -= lr m / (1 - beta1^t) / (sqrt(v / (1 - beta2^t)) + eps); "
                       "amsgrad: max of v so far for v",
            .source = "I. Loshchilov, F. Hutter, 2017, algorithm 2, arXiv:1711.05101; as "
                      "torch.optim.AdamW, whose decay is times lr, not times the schedule alone",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
