#include "engine/initialisation/initialisation.h"

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    (void)options;
    draw_all_uniform(draws, to, 0, 0);
}

const struct initialisation LG_SYMBOL(initialisation_zeros) = {
    .info =
        {
            .name = "zeros",
            .summary = "everything 0, for tests and linear models",
            .formula = "w = b = 0",
            .source = "none",
        },
    .draw = draw,
};
