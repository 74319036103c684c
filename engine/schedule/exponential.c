#include "engine/math/math.h"
#include "engine/schedule/schedule.h"

enum { GAMMA };

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)steps;
    const accumulator gamma = options->value[GAMMA];
    if (step == 1)
        return 1;
    /* math_log(0) is -infinity, and so the factor 0. */
    return step == 2 ? gamma : math_exp((accumulator)(step - 1) * math_log(gamma));
}

static const struct lg_option options_table[] = {
    {.name = "gamma",
     .kind = LG_OPTION_REAL,
     .default_value = 0.999,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "the factor (PyTorch has no default)"},
};

const struct schedule LG_SYMBOL(schedule_exponential) = {
    .info =
        {
            .name = "exponential",
            .summary = "falls by the same factor after every step",
            .formula = "gamma^(step - 1)",
            .source = "PyTorch ExponentialLR",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .factor = factor,
};
