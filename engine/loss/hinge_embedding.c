#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { MARGIN = 1 };

static accumulator term(const struct entry *at)
{
    const accumulator z = at->option[MARGIN] - at->y;
    return at->t > 0 ? at->y : z < 0 ? 0 : z;
}

static accumulator derivative(const struct entry *at)
{
    const accumulator z = at->option[MARGIN] - at->y;
    return at->t > 0 ? 1 : z < 0 ? 0 : -1; /* -1 at the margin, as in PyTorch and Torch7 */
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "distance from which two that do not belong together cost nothing"},
};

const struct loss LG_SYMBOL(loss_hinge_embedding) = {
    .info =
        {
            .name = "hinge_embedding",
            .summary = "a distance where two belong together, else what it lacks of the margin",
            .formula = "t = 1: y; t = -1: max(0, margin - y)",
            .source = "H. Mobahi, R. Collobert, J. Weston, Deep learning from temporal coherence "
                      "in video, ICML 2009, DOI 10.1145/1553374.1553469; as HingeEmbeddingLoss in "
                      "PyTorch and HingeEmbeddingCriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1,
              .target = LG_TARGET_SIGNS,
              .is_distance = true,
              .needs = LG_NEEDS_NOT_NEGATIVE},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
