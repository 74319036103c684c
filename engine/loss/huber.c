#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { DELTA = 1 };

static accumulator term(const struct entry *at)
{
    const accumulator e = accumulator_abs(at->y - at->t), delta = at->option[DELTA];
    return e < delta ? e * e / 2 : delta * (e - delta / 2);
}

static accumulator derivative(const struct entry *at)
{
    const accumulator e = at->y - at->t, delta = at->option[DELTA];
    return e >= delta ? delta : e <= -delta ? -delta : e;
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "delta",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "where the square ends and the line begins"},
};

const struct loss LG_SYMBOL(loss_huber) = {
    .info =
        {
            .name = "huber",
            .summary = "half the square near zero, a line of slope delta beyond",
            .formula = "|y - t| < delta: (y - t)^2 / 2; else delta (|y - t| - delta / 2)",
            .source =
                "P. J. Huber, Robust estimation of a location parameter, Annals of Mathematical "
                "Statistics 35, 1964, DOI 10.1214/aoms/1177703732; as HuberLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
