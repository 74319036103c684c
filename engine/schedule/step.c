#include "engine/math/math.h"
#include "engine/schedule/schedule.h"

enum { STEP_SIZE, GAMMA };

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    (void)steps;
    const uint64_t falls = (step - 1) / (uint64_t)options->value[STEP_SIZE];
    const accumulator gamma = options->value[GAMMA];
    if (falls == 0)
        return 1;
    /* math_log(0) is -infinity, and so the factor 0. */
    return falls == 1 ? gamma : math_exp((accumulator)falls * math_log(gamma));
}

static const struct lg_option options_table[] = {
    {.name = "step_size",
     .kind = LG_OPTION_INTEGER,
     .default_value = 1000,
     .minimum = 1,
     .maximum = 9007199254740992,
     .meaning = "steps from one fall to the next (PyTorch has no default)"},
    {.name = "gamma",
     .kind = LG_OPTION_REAL,
     .default_value = 0.1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "the factor"},
};

const struct schedule LG_SYMBOL(schedule_step) = {
    .info =
        {
            .name = "step",
            .summary = "falls by a factor every so many steps",
            .formula = "gamma^floor((step - 1) / step_size)",
            .source = "PyTorch StepLR",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .factor = factor,
};
