#include "engine/schedule/schedule.h"

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)options;
    return (accumulator)(steps - step + 1) / (accumulator)steps;
}

const struct schedule LG_SYMBOL(schedule_linear) = {
    .info =
        {
            .name = "linear",
            .summary = "falls by the same amount after every step, towards 0",
            .formula = "(steps - step + 1) / steps",
            .source = "PyTorch PolynomialLR, power 1",
        },
    .needs_end = true,
    .factor = factor,
};
