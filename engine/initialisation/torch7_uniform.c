#include "engine/initialisation/initialisation.h"

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    (void)options;
    const accumulator bound = 1 / accumulator_sqrt((accumulator)to->inputs);
    draw_all_uniform(draws, to, bound, bound);
}

const struct initialisation LG_SYMBOL(initialisation_torch7_uniform) = {
    .info =
        {
            .name = "torch7_uniform",
            .summary = "weights and bias uniform, as Torch7's and PyTorch's linear layers",
            .formula = "w, b ~ U(-a, a), a = 1 / sqrt(inputs)",
            .source =
                "Y. LeCun et al., Efficient BackProp, 1998, section 4.6; torch/nn Linear:reset",
        },
    .draw = draw,
};
