#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { MARGIN = 1 };

static accumulator lack(const struct entry *at)
{
    const accumulator z = at->option[MARGIN] - at->t * at->y;
    return z < 0 ? 0 : z;
}

static accumulator term(const struct entry *at)
{
    const accumulator z = lack(at);
    return z * z;
}

static accumulator derivative(const struct entry *at)
{
    return -2 * at->t * lack(at);
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "how far on its side a prediction costs nothing"},
};

const struct loss LG_SYMBOL(loss_squared_hinge) = {
    .info =
        {
            .name = "squared_hinge",
            .summary = "square of the hinge",
            .formula = "max(0, margin - t y)^2",
            .source =
                "L. Rosasco, E. De Vito, A. Caponnetto, M. Piana, A. Verri, Are loss functions all "
                "the same?, Neural Computation 16, 2004, DOI 10.1162/089976604773135104",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_SIGNS},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
