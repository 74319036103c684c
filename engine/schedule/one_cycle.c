#include "engine/math/math.h"
#include "engine/schedule/schedule.h"

enum { PCT_START, DIV_FACTOR, FINAL_DIV_FACTOR };

/* From `from` at done = 0 to `to` at done = 1. */
static accumulator anneal(accumulator from, accumulator to, accumulator done)
{
    /* (1 +- cos x) / 2 are squares of cosine and sine of x / 2: nothing cancels. */
    const accumulator cosine = math_cospi(done / 2), sine = math_cospi((1 - done) / 2);
    return from * (cosine * cosine) + to * (sine * sine);
}

/* The peak is at step pct_start * steps, which need not be whole. */
static accumulator factor(const struct lg_options *options, uint64_t step, uint64_t steps)
{
    const accumulator initial = 1 / (accumulator)options->value[DIV_FACTOR];
    const accumulator final = initial / options->value[FINAL_DIV_FACTOR];
    const accumulator now = (accumulator)(step - 1), last = (accumulator)steps - 1;
    const accumulator peak = options->value[PCT_START] * (accumulator)steps - 1;
    if (now <= peak)
        return peak > 0 ? anneal(initial, 1, now / peak) : 1;
    return anneal(1, final, (now - peak) / (last - peak));
}

static const struct lg_option options_table[] = {
    {.name = "pct_start",
     .kind = LG_OPTION_REAL,
     .default_value = 0.3,
     .minimum = 0,
     .maximum = 1,
     .meaning = "share of the steps in which it rises"},
    {.name = "div_factor",
     .kind = LG_OPTION_REAL,
     .default_value = 25,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "the peak over the first step's rate"},
    {.name = "final_div_factor",
     .kind = LG_OPTION_REAL,
     .default_value = 1e4,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "the first step's rate over the last's"},
};

const struct schedule LG_SYMBOL(schedule_one_cycle) = {
    .info =
        {
            .name = "one_cycle",
            .summary = "rises to the learning rate and falls far below, along cosines",
            .formula = "from 1 / div_factor to 1 in the first pct_start of all steps, then to 1 / "
                       "(div_factor final_div_factor)",
            .source = "L. N. Smith, N. Topin, 2018, arXiv:1708.07120; the learning rate of "
                      "PyTorch's OneCycleLR with "
                      "cycle_momentum=False (its default also lowers the momentum, or beta1, from "
                      "0.95 to 0.85 and back; here it stays)",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .needs_end = true,
    .factor = factor,
};
