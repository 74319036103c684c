#include "engine/loss/entries.h"
#include "engine/loss/logistic.h"
#include "engine/loss/loss.h"
#include "engine/math/math.h"

enum { ALPHA = 1, GAMMA = 2 };

/* The target's weight times what the prediction lacks of it to the power of gamma. */
static accumulator modulation(const struct entry *at, accumulator lack)
{
    const accumulator alpha = at->option[ALPHA], gamma = at->option[GAMMA];
    const accumulator weight = alpha < 0 ? 1 : alpha * at->t + (1 - alpha) * (1 - at->t);
    return gamma == 0 ? weight : weight * math_pow(lack, gamma);
}

static accumulator cross_entropy(const struct entry *at)
{
    return at->t * softplus(-at->y) + (1 - at->t) * softplus(at->y);
}

static accumulator term(const struct entry *at)
{
    const accumulator lack = logistic(at->y) * (1 - at->t) + logistic(-at->y) * at->t;
    return modulation(at, lack) * cross_entropy(at);
}

/* (lack^gamma)' = gamma lack^gamma (lack' / lack): the quotient stays within -1 and 1,
 * where lack^(gamma - 1) could be infinite. */
static accumulator derivative(const struct entry *at)
{
    const accumulator p = logistic(at->y), rest = logistic(-at->y);
    const accumulator lack = p * (1 - at->t) + rest * at->t;
    const accumulator quotient = lack > 0 ? p * rest * (1 - 2 * at->t) / lack : 0;
    const accumulator slope = (1 - at->t) * p - at->t * rest;
    return modulation(at, lack) * (slope + at->option[GAMMA] * quotient * cross_entropy(at));
}

LOSS_BY_ENTRY(.inputs = 1)

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "alpha",
     .kind = LG_OPTION_REAL,
     .default_value = 0.25,
     .minimum = -1,
     .maximum = 1,
     .meaning = "weight of what is true, 1 - alpha: of what is not; negative: neither"},
    {.name = "gamma",
     .kind = LG_OPTION_REAL,
     .default_value = 2,
     .minimum = 0,
     .maximum = 100,
     .meaning = "how much less it counts; 0: as much"},
};

const struct loss LG_SYMBOL(loss_focal) = {
    .info =
        {
            .name = "focal",
            .summary = "binary cross-entropy of logits that counts what is already right less",
            .formula = "a (1 - p)^gamma c: c = bce_with_logits, p = s(y) t + (1 - s(y)) (1 - t), "
                       "s(y) = 1 / (1 + exp(-y)), a = alpha t + (1 - alpha) (1 - t)",
            .source = "T.-Y. Lin, P. Goyal, R. Girshick, K. He, P. Dollar, Focal loss for dense "
                      "object detection, 2017, equation 5, arXiv:1708.02002; as sigmoid_focal_loss "
                      "in torchvision",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_UNIT},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
