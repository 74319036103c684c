#include "engine/math/math.h"
#include "engine/schedule/schedule.h"

enum { MINIMUM };

static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    const accumulator least = options->value[MINIMUM];
    /* (1 + cos x) / 2 = cos^2(x / 2), which does not cancel near the end. */
    const accumulator half = math_cospi((accumulator)(step - 1) / (accumulator)steps / 2);
    return least + (1 - least) * (half * half);
}

static const struct lg_option options_table[] = {
    {.name = "minimum",
     .kind = LG_OPTION_REAL,
     .default_value = 0,
     .minimum = 0,
     .maximum = 1,
     .meaning = "factor after the last step (PyTorch: eta_min / lr)"},
};

const struct schedule LG_SYMBOL(schedule_cosine) = {
    .info =
        {
            .name = "cosine",
            .summary = "falls along half a cosine, without restarts",
            .formula = "m + (1 - m) (1 + cos(pi (step - 1) / steps)) / 2, m = minimum",
            .source = "I. Loshchilov, F. Hutter, 2017, equation 5, arXiv:1608.03983; PyTorch "
                      "CosineAnnealingLR",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .needs_end = true,
    .factor = factor,
};
