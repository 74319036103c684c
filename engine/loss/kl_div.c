#include "engine/loss/entries.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

enum { LOG_TARGET = 1, BATCH_MEAN = 2 };

static accumulator term(const struct entry *at)
{
    if (at->option[LOG_TARGET] != 0)
        return exp_times(at->t, at->t - at->y);
    const accumulator logarithm = at->t == 0 ? 0 : math_log(at->t); /* t log(t) is 0 at 0 */
    return at->t * (logarithm - at->y);
}

static accumulator derivative(const struct entry *at)
{
    return at->option[LOG_TARGET] != 0 ? -math_exp(at->t) : -at->t;
}

static const struct entries_form form = {.inputs = 1};

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    entries_value(term, &form, options, at, loss_value_divisor(options, at), values);
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator scale = options->value[LOSS_REDUCTION] == BATCH_MEAN
                                  ? 1.0 / (accumulator)at->batch
                                  : entries_scale(options, at);
    entries_gradient(derivative, &form, options, at, scale, gradients[0]);
}

static const char *const reductions[] = {"mean", "sum", "batchmean", NULL};
static const struct lg_option options_table[] = {
    {.name = "reduction",
     .kind = LG_OPTION_CHOICE,
     .maximum = 2,
     .choices = reductions,
     .meaning =
         "over features and batch: mean, sum, or batchmean: sum over features, mean over batch"},
    {.name = "log_target",
     .kind = LG_OPTION_FLAG,
     .default_value = 0,
     .maximum = 1,
     .meaning = "targets are logarithms of probabilities, too"},
};

const struct loss LG_SYMBOL(loss_kl_div) = {
    .info =
        {
            .name = "kl_div",
            .summary = "Kullback-Leibler divergence of log-probabilities from probabilities",
            .formula = "t (log(t) - y); log_target: exp(t) (t - y)",
            .source = "S. Kullback, R. A. Leibler, On information and sufficiency, Annals of "
                      "Mathematical Statistics 22, 1951, section 2, DOI 10.1214/aoms/1177729694; "
                      "as KLDivLoss in PyTorch and DistKLDivCriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1,
              .target = LG_TARGET_VALUES,
              .needs = LG_NEEDS_LOG_PROBABILITIES,
              .target_is_distribution = true,
              .target_log_flag = "log_target"},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
