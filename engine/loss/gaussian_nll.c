#include "engine/loss/entries.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

enum { FULL = 1, EPS = 2 };

/* y2, at least eps; NaN where it is negative, which PyTorch refuses. */
static accumulator variance(const struct entry *at)
{
    const accumulator eps = at->option[EPS];
    return at->y2 < 0 ? __builtin_nan("") : at->y2 < eps ? eps : at->y2;
}

static accumulator term(const struct entry *at)
{
    const accumulator log_two_pi = (accumulator)0x1.d67f1c864beb4a69297920028832p+0L,
                      e = at->y - at->t, v = variance(at);
    const accumulator nll = 0.5 * (math_log(v) + e / v * e);
    return at->option[FULL] != 0 ? nll + 0.5 * log_two_pi : nll;
}

static accumulator mean_derivative(const struct entry *at)
{
    return (at->y - at->t) / variance(at);
}

/* Below eps it is the one at eps: PyTorch clamps outside the graph. */
static accumulator variance_derivative(const struct entry *at)
{
    const accumulator v = variance(at), ratio = (at->y - at->t) / v; /* e^2 and v^2 may overflow */
    return 0.5 * (1 / v - ratio * ratio);
}

static const struct entries_form form = {.inputs = 2};

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    entries_value(term, &form, options, at, loss_value_divisor(options, at), values);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator scale = entries_scale(options, at);
    entries_gradient(mean_derivative, &form, options, at, scale, gradients[0]);
    entries_gradient(variance_derivative, &form, options, at, scale, gradients[1]);
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "full",
     .kind = LG_OPTION_FLAG,
     .default_value = 0,
     .maximum = 1,
     .meaning = "add the constant log(2 pi) / 2"},
    {.name = "eps",
     .kind = LG_OPTION_REAL,
     .default_value = 1e-6,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "least variance; the derivative passes through as in PyTorch"},
};

const struct loss LG_SYMBOL(loss_gaussian_nll) = {
    .info =
        {
            .name = "gaussian_nll",
            .summary =
                "negative log-likelihood of a predicted mean and variance, normally distributed",
            .formula = "(log(v) + (y - t)^2 / v) / 2, v = max(y2, eps); full: + log(2 pi) / 2",
            .source = "D. A. Nix, A. S. Weigend, Estimating the mean and variance of the target "
                      "probability distribution, IEEE International Conference on Neural Networks, "
                      "1994, DOI 10.1109/ICNN.1994.374138; as GaussianNLLLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_VALUES, .needs = LG_NEEDS_VARIANCE},
    .measure = {.unit = "nat", .least = -LG_INFINITE, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
