#include "engine/loss/entries.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

static accumulator term(const struct entry *at)
{
    const accumulator e = at->y - at->t;
    return math_log1p(e * e / 2);
}

static accumulator derivative(const struct entry *at)
{
    const accumulator e = at->y - at->t;
    return e / (1 + e * e / 2);
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
};

const struct loss LG_SYMBOL(loss_cauchy) = {
    .info =
        {
            .name = "cauchy",
            .summary = "square near zero, a logarithm far from it",
            .formula = "log(1 + (y - t)^2 / 2)",
            .source = "M. J. Black, P. Anandan, The Robust Estimation of Multiple Motions, CVIU "
                      "63(1), 1996",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_VALUES},
    .measure = {.unit = "1", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
