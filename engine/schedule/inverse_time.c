#include "engine/schedule/schedule.h"

enum { DECAY };

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)steps;
    return 1 / (1 + (accumulator)(step - 1) * options->value[DECAY]);
}

static const struct lg_option options_table[] = {
    {.name = "decay",
     .kind = LG_OPTION_REAL,
     .default_value = 0,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "Torch7's learningRateDecay"},
};

const struct schedule LG_SYMBOL(schedule_inverse_time) = {
    .info =
        {
            .name = "inverse_time",
            .summary = "falls like one over the steps",
            .formula = "1 / (1 + (step - 1) decay)",
            .source = "H. Robbins, S. Monro, 1951, doi:10.1214/aoms/1177729586; torch7 optim.sgd",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .factor = factor,
};
