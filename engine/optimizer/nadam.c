#include "engine/optimizer/powers.h"

enum { LR, BETA1, BETA2, EPS, WEIGHT_DECAY, MOMENTUM_DECAY, FORM };
enum { PRODUCT, LEFT, POWER2 }; /* scalars: mu_1 ... mu_step, 1 less that, beta2^step */
enum { NOW, NEXT, KEEP1, GAIN1, KEEP2, GAIN2, UNBIAS, SMALL, DECAY };

static const accumulator LOG_0_96 =
    (accumulator)-0x1.4e69ed6d80eb320cfaa997350988p-5L; /* log of the double 0.96 */

/* mu of a step, and 1 less that. */
static accumulator momentum_at(const double *o, uint64_t step, accumulator *left)
{
    const accumulator half = 0.5 * math_exp(LOG_0_96 * ((accumulator)step * o[MOMENTUM_DECAY]));
    *left = 1 - (accumulator)o[BETA1] + o[BETA1] * half;
    return o[BETA1] * (1 - half);
}

static size_t slots(const struct lg_options *options)
{
    (void)options;
    return 2;
}

/* Moments decay towards zero whatever the gradient; moments of zero stay, and
 * w - rate * 0 / (positive) = w as long as the rates are finite. No mu is above beta1. */
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
    accumulator left, left_next;
    const accumulator mu = momentum_at(o, step, &left), next = momentum_at(o, step + 1, &left_next);
    const accumulator before = step == 1 ? 1 : scalars[PRODUCT];
    /* 1 - a b = (1 - a) + a (1 - b), both positive: nothing cancels where beta1 is near 1. */
    scalars[LEFT] = (step == 1 ? 0 : scalars[LEFT]) + before * left;
    scalars[PRODUCT] = before * mu;
    accumulator part = left_next; /* 1 less what the product is multiplied by */
    if (o[FORM] != 0)
        part = left + mu * left_next;
    now->c[NOW] = (real)(o[LR] * left / scalars[LEFT]);
    now->c[NEXT] = (real)(o[LR] * next / (scalars[LEFT] + scalars[PRODUCT] * part));
    const accumulator left2 = left_of_one(o[BETA2], step, &scalars[POWER2]);
    now->c[KEEP1] = (real)o[BETA1];
    now->c[GAIN1] = (real)(1 - (accumulator)o[BETA1]);
    now->c[KEEP2] = (real)o[BETA2];
    now->c[GAIN2] = (real)(1 - (accumulator)o[BETA2]);
    now->c[UNBIAS] = (real)(1 / accumulator_sqrt(left2));
    now->c[SMALL] = eps_beside_root(o[EPS]);
    now->c[DECAY] = (real)o[WEIGHT_DECAY];
}

static inline void update(const struct optimizer_step *now, size_t n, real *restrict w,
                          struct gradient gradient, real *const *state)
{
    const real factor = gradient.factor, *restrict direction = gradient.direction;
    const real rate = now->c[NOW], next = now->c[NEXT], keep1 = now->c[KEEP1],
               gain1 = now->c[GAIN1], keep2 = now->c[KEEP2], gain2 = now->c[GAIN2],
               unbias = now->c[UNBIAS], small = now->c[SMALL], decay = now->c[DECAY];
    real *restrict mean = state[0];
    real *restrict square = state[1];
    for (size_t i = 0; i < n; i++) {
        const real d = gradient_at(factor, direction, i) + decay * w[i];
        mean[i] = keep1 * mean[i] + gain1 * d;
        square[i] = keep2 * square[i] + gain2 * (d * d);
        w[i] -= (rate * d + next * mean[i]) / (real_sqrt(square[i]) * unbias + small);
    }
}

UPDATE_OUTER(update)

static const char *const forms[] = {"documented", "pytorch_1_13", NULL};

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(2e-3),
    [BETA1] = OPTION_BETA("beta1", 0.9, "decay of the mean of gradients"),
    [BETA2] = OPTION_BETA("beta2", 0.999, "decay of the mean of squared gradients"),
    [EPS] = OPTION_EPS(1e-8, "added to the root of the unbiased square"),
    [WEIGHT_DECAY] = OPTION_WEIGHT_DECAY,
    [MOMENTUM_DECAY] = {.name = "momentum_decay",
                        .kind = LG_OPTION_REAL,
                        .is_double = true,
                        .default_value = 4e-3,
                        .maximum = 1e30,
                        .meaning = "how fast the momentum grows to beta1"},
    [FORM] = {.name = "form",
              .kind = LG_OPTION_CHOICE,
              .maximum = 1,
              .choices = forms,
              .meaning = "documented: the formula (Dozat; PyTorch's documentation and 2.x); "
                         "pytorch_1_13: the product to t + 1 has mu_t twice, as 1.13 computes it"},
};

const struct optimizer LG_SYMBOL(optimizer_nadam) = {
    .info =
        {
            .name = "nadam",
            .summary = "Adam with Nesterov's momentum",
            .formula =
                "mu_t = beta1 (1 - 0.96^(t momentum_decay) / 2); M_t = mu_1 ... mu_t; m = beta1 m "
                "+ (1 - beta1) g; v = beta2 v + (1 - beta2) g^2; w -= lr (mu_(t+1) m / (1 - "
                "M_(t+1)) + (1 - mu_t) g / (1 - M_t)) / (sqrt(v / (1 - beta2^t)) + eps)",
            .source = "T. Dozat, 2016, Incorporating Nesterov Momentum into Adam, ICLR workshop, "
                      "algorithm 2; as torch.optim.NAdam",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .slots = slots,
    .zero_gradient = zero_gradient,
    .begin = begin,
    .update = update,
    .update_outer = update_outer,
};
