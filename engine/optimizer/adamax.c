#include "engine/optimizer/powers.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY };
enum { POWER1 }; /* scalar: beta1^step */
enum { RATE, KEEP1, GAIN1, KEEP2, SMALL, DECAY };

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* Sizes are not 0: 0 / 0 would not be 0. */
static real least_size(const struct lg_options *options)
{
    const real eps = (real)options->value[EPS];
    return eps > REAL_LEAST ? eps : REAL_LEAST;
}

/* The first size is at least eps, so starting from it is starting from 0; what has
 * never moved then stays as it is. */
static real initial_state(const struct lg_options *options, size_t slot)
{
    return slot == 0 ? 0 : least_size(options);
}

/* Moments decay towards zero whatever the gradient; moments of zero stay, and
 * w - rate * 0 / (positive) = w as long as the rate, largest in step 1, is finite. */
static enum zero_gradient zero_gradient(const struct lg_options *options)
{
    const double *o = options->value;
    const bool is_finite = o[LR] / (1 - (accumulator)o[BETA1]) <= (accumulator)REAL_MAX;
    return is_finite && o[WEIGHT_DECAY] == 0 ? ZERO_AT_REST : ZERO_MOVES;
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    const double *o = options->value;
    now->c[RATE] = (real)(o[LR] / left_of_one(o[BETA1], step, &scalars[POWER1]));
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - (accumulator)o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[SMALL] = least_size(options);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[RATE], keep1 = now->c[KEEP1], gain1 = now->c[GAIN1],
               keep2 = now->c[KEEP2], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict largest = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        const real old = keep2 * largest[i], size = real_abs(d) + small;
        largest[i] = old < size ? size : old;
        w[i] -= rate * mean[i] / largest[i];
    }
}

UPDATE_OUTER(update)

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(2e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the largest gradient"),
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-8,
             .maximum = 1e30,
             .meaning = "added to the size of each gradient; 0 means the least normal "
                        "number"},
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
};

const struct optimizer LG_SYMBOL(optimizer_adamax) = {
    .info =
        {
            .name = "adamax",
            .summary = "Adam by the largest decayed gradient, not by squares",
            .formula = "m = beta1 m + (1 - beta1) g; u = max(beta2 u, |g| + eps); w -= lr m / (1 - "
                       "beta1^t) / u",
            .source = "D. P. Kingma, J. Ba, 2014, algorithm 2, arXiv:1412.6980; eps as "
                      "torch.optim.Adamax",
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
