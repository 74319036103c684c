#include "engine/loss/entries.h"
#include "engine/loss/loss.h"
#include "engine/math/exact.h"
#include "engine/math/math.h"

enum { LOG_INPUT = 1, FULL = 2, EPS = 3 };

/* log(2 pi t) / 2, of Stirling's approximation of log(t!), which PyTorch adds from 1 on. */
static accumulator half_log(accumulator t)
{
    const accumulator two_pi = (accumulator)0x1.921fb54442d18469898cc51701b8p+2L;
    return 0.5 * math_log(two_pi * t);
}

/* log(y + eps), with what rounding takes from the sum: it counts where the sum is near 1. */
static accumulator log_rate(accumulator y, accumulator eps)
{
    const struct twofold rate = exact_sum(y, eps);
    return rate.high > 0 ? math_log(rate.high) + rate.low / rate.high : math_log(rate.high);
}

static accumulator term(const struct entry *at)
{
    const accumulator eps = at->option[EPS], t = at->t;
    const bool is_full = at->option[FULL] != 0 && t > 1;
    if (at->option[LOG_INPUT] != 0) {
        const accumulator nll = math_exp(at->y) - t * at->y;
        return is_full ? nll + (t * math_log(t) - t + half_log(t)) : nll;
    }
    if (!is_full)
        return at->y - t * log_rate(at->y, eps);
    /* y - t log(y + eps) + t log(t) - t by the ratio of y + eps and t, less 1: large counts
     * would cancel. */
    const accumulator ratio = ((at->y - t) + eps) / t;
    const accumulator log_ratio =
        ratio > -0.5 ? math_log1p(ratio) : log_rate(at->y, eps) - math_log(t);
    return t * (ratio - log_ratio) - eps + half_log(t);
}

static accumulator derivative(const struct entry *at)
{
    const accumulator eps = at->option[EPS];
    return at->option[LOG_INPUT] != 0 ? math_exp(at->y) - at->t
                                      : ((at->y - at->t) + eps) / (at->y + eps);
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "log_input",
     .kind = LG_OPTION_FLAG,
     .default_value = 1,
     .maximum = 1,
     .meaning = "the prediction is the logarithm of the rate, not the rate"},
    {.name = "full",
     .kind = LG_OPTION_FLAG,
     .default_value = 0,
     .maximum = 1,
     .meaning = "add Stirling's approximation of log(t!)"},
    {.name = "eps",
     .kind = LG_OPTION_REAL,
     .default_value = 1e-8,
     .minimum = 0,
     .maximum = 1,
     .meaning = "added to the rate inside the logarithm"},
};

const struct loss LG_SYMBOL(loss_poisson_nll) = {
    .info =
        {
            .name = "poisson_nll",
            .summary = "negative log-likelihood of counts, Poisson distributed",
            .formula = "log_input: exp(y) - t y; else y - t log(y + eps); full and t > 1: + t "
                       "log(t) - t + log(2 pi t) / 2",
            .source = "J. A. Nelder, R. W. M. Wedderburn, Generalized linear models, Journal of "
                      "the Royal Statistical Society A 135, 1972, DOI 10.2307/2344614; as "
                      "PoissonNLLLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1,
              .target = LG_TARGET_NOT_NEGATIVE,
              .needs = LG_NEEDS_NOT_NEGATIVE,
              .needs_unless = "log_input"},
    .measure = {.unit = "nat", .least = -LG_INFINITE, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
