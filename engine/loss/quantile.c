#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { TAU = 1 };

static accumulator term(const struct entry *at)
{
    const accumulator e = at->t - at->y, tau = at->option[TAU];
    return e > 0 ? tau * e : (tau - 1) * e;
}

static accumulator derivative(const struct entry *at)
{
    const accumulator e = at->t - at->y, tau = at->option[TAU];
    return e > 0 ? -tau : e < 0 ? 1 - tau : e; /* 0 at 0, as the absolute error */
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "tau",
     .kind = LG_OPTION_REAL,
     .default_value = 0.5,
     .minimum = 0,
     .maximum = 1,
     .meaning = "the quantile; 0.5: half the absolute error"},
};

const struct loss LG_SYMBOL(loss_quantile) = {
    .info =
        {
            .name = "quantile",
            .summary = "pinball loss: least at the quantile tau of the targets",
            .formula = "y < t: tau (t - y); else (1 - tau) (y - t)",
            .source = "R. Koenker, G. Bassett, Regression quantiles, Econometrica 46, 1978, "
                      "equation 3.1, DOI 10.2307/1913643",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
