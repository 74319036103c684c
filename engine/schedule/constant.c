#include "engine/schedule/schedule.h"

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)options;
    (void)step;
    (void)steps;
    return 1;
}

const struct schedule LG_SYMBOL(schedule_constant) = {
    .info =
        {
            .name = "constant",
            .summary = "the learning rate as it is",
            .formula = "1",
            .source = "none",
        },
    .factor = factor,
};
