#include "engine/loss/entries.h"
#include "engine/loss/loss.h"

enum { MARGIN = 1, AT_KINK = 2, AT_KINK_INSIDE = 1 };

static accumulator term(const struct entry *at)
{
    const accumulator z = at->option[MARGIN] - at->t * at->y;
    return z < 0 ? 0 : z;
}

static accumulator derivative(const struct entry *at)
{
    const accumulator z = at->option[MARGIN] - at->t * at->y;
    if (z == 0)
        return at->option[AT_KINK] == AT_KINK_INSIDE ? -at->t : 0;
    return z > 0 ? -at->t : z < 0 ? 0 : z;
}

LOSS_BY_ENTRY(.inputs = 1)

static const char *const at_kink_choices[] = {"outside", "inside", NULL};
static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "how far on its side a prediction costs nothing"},
    {.name = "at_kink",
     .kind = LG_OPTION_CHOICE,
     .default_value = 0,
     .maximum = 1,
     .choices = at_kink_choices,
     .meaning = "at t y = margin the derivative of what lies outside, 0 (Torch7), or inside, -t "
                "(Rosenblatt)"},
};

const struct loss LG_SYMBOL(loss_margin) = {
    .info =
        {
            .name = "margin",
            .summary = "hinge: what a prediction lacks of the margin on its target's side",
            .formula = "max(0, margin - t y)",
            .source =
                "C. Cortes, V. Vapnik, Support-vector networks, Machine Learning 20, 1995, DOI "
                "10.1007/BF00994018; margin 0: F. Rosenblatt, The perceptron, Psychological Review "
                "65, 1958, DOI 10.1037/h0042519; as MarginCriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_SIGNS},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
