#include "engine/initialisation/initialisation.h"

enum { GAIN };

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    const accumulator fans = (accumulator)to->inputs + (accumulator)to->outputs;
    draw_all_uniform(draws, to, options->value[GAIN] * accumulator_sqrt(6 / fans), 0);
}

static const struct lg_option options_table[] = {
    {.name = "gain",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "factor of every weight"},
};

const struct initialisation LG_SYMBOL(initialisation_xavier_uniform) = {
    .info =
        {
            .name = "xavier_uniform",
            .summary = "weights uniform, bias 0; keeps variance forward and backward",
            .formula = "w ~ U(-a, a), a = gain sqrt(6 / (inputs + outputs))",
            .source = "X. Glorot, Y. Bengio, AISTATS 2010, equation 16",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .draw = draw,
};
