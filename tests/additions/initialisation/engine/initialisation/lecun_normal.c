#include "engine/initialisation/initialisation.h"

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    (void)options;
    draw_all_normal(draws, to, accumulator_sqrt(1 / (accumulator)to->inputs));
}

const struct initialisation LG_SYMBOL(initialisation_lecun_normal) = {
    .info =
        {
            .name = "lecun_normal",
            .summary = "weights normal, bias 0; keeps variance forward in linear units",
            .formula = "w ~ N(0, s^2), s = sqrt(1 / inputs)",
            .source = "Y. LeCun et al., Efficient BackProp, 1998, equation 16",
        },
    .draw = draw,
};
