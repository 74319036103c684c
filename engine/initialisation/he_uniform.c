#include "engine/initialisation/initialisation.h"

enum { SLOPE, MODE };
enum { FAN_IN, FAN_OUT };
static const char *const modes[] = {"fan_in", "fan_out", NULL};

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    const accumulator slope = options->value[SLOPE];
    const accumulator fan =
        (accumulator)(options->value[MODE] == FAN_IN ? to->inputs : to->outputs);
    draw_all_uniform(draws, to, accumulator_sqrt(6 / (1 + slope * slope) / fan), 0);
}

static const struct lg_option options_table[] = {
    {.name = "a",
     .kind = LG_OPTION_REAL,
     .is_double = true,
     .minimum = -1e30,
     .maximum = 1e30,
     .meaning = "slope below zero of the leaky rectifier that follows"},
    {.name = "mode",
     .kind = LG_OPTION_CHOICE,
     .maximum = 1,
     .choices = modes,
     .meaning = "fan: inputs (fan_in, keeps variance forward) or outputs (fan_out, backward)"},
};

const struct initialisation LG_SYMBOL(initialisation_he_uniform) = {
    .info =
        {
            .name = "he_uniform",
            .summary = "weights uniform, bias 0; for rectified units",
            .formula = "w ~ U(-b, b), b = sqrt(6 / ((1 + a^2) fan))",
            .source = "K. He et al., 2015, equations 10, 14 and 15, arXiv:1502.01852",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .draw = draw,
};
