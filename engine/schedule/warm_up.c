#include "engine/schedule/schedule.h"

enum { START_FACTOR, TOTAL_ITERS };

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)steps;
    const accumulator start = options->value[START_FACTOR], rise = options->value[TOTAL_ITERS];
    const accumulator done = (accumulator)(step - 1);
    return done < rise ? start + (1 - start) * (done / rise) : 1;
}

static const struct lg_option options_table[] = {
    {.name = "start_factor",
     .kind = LG_OPTION_REAL,
     .default_value = 1.0 / 3,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1,
     .meaning = "factor of the first step"},
    {.name = "total_iters",
     .kind = LG_OPTION_INTEGER,
     .default_value = 5,
     .minimum = 0,
     .maximum = 9007199254740992,
     .meaning = "steps until the factor is 1"},
};

const struct schedule LG_SYMBOL(schedule_warm_up) = {
    .info =
        {
            .name = "warm_up",
            .summary = "rises in a straight line, then stays",
            .formula = "s + (1 - s) min((step - 1) / n, 1), s = start_factor, n = total_iters",
            .source = "P. Goyal et al., 2017, section 2.2, arXiv:1706.02677; PyTorch LinearLR",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .factor = factor,
};
