#include "engine/loss/distance.h"
#include "engine/loss/loss.h"

enum { MARGIN = 1, P = 2, EPS = 3, SWAP = 4 };
enum { ANCHOR, POSITIVE, NEGATIVE };

/* One sample's distances. */
struct triplet {
    struct distance near, far;
    struct distance other;   /* of positive and negative with swap, else far again */
    accumulator other_share; /* derivative of the smaller of far and other by other */
    accumulator hinge_at;    /* margin + near - the smaller of far and other */
};

static struct distance distance_between(const struct lg_options *options,
                                        const struct loss_batch *at, size_t b, int from, int to)
{
    return distance_of(at->prediction[from] + b * at->stride, at->prediction[to] + b * at->stride,
                       at->features, options->value[P], options->value[EPS]);
}

static struct triplet triplet_at(const struct lg_options *options, const struct loss_batch *at,
                                 size_t b)
{
    struct triplet t = {.near = distance_between(options, at, b, ANCHOR, POSITIVE),
                        .far = distance_between(options, at, b, ANCHOR, NEGATIVE)};
    t.other =
        options->value[SWAP] != 0 ? distance_between(options, at, b, POSITIVE, NEGATIVE) : t.far;
    const accumulator far = t.far.length, other = t.other.length;
    if (options->value[SWAP] != 0) /* equal distances share the derivative, as in PyTorch */
        t.other_share = other < far ? 1 : other == far ? 0.5 : 0;
    t.hinge_at = options->value[MARGIN] + t.near.length - (other < far ? other : far);
    return t;
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++)
        values[b] = hinge(triplet_at(options, at, b).hinge_at);
}

/* At the kink the derivative is the hinge's upper one, as in PyTorch. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator each = (accumulator)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct triplet t = triplet_at(options, at, b);
        const accumulator scale = t.hinge_at < 0 ? 0 : each;
        for (size_t i = 0; i < at->features; i++) {
            const accumulator near = distance_slope(&t.near, i);
            const accumulator far = (1 - t.other_share) * distance_slope(&t.far, i);
            const accumulator other = t.other_share * distance_slope(&t.other, i);
            gradients[ANCHOR][b * at->stride + i] = (real)(scale * (near - far));
            gradients[POSITIVE][b * at->stride + i] = (real)(scale * (-near - other));
            gradients[NEGATIVE][b * at->stride + i] = (real)(scale * (far + other));
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .maximum = 1e30,
     .meaning = "how much farther the negative shall be than the positive"},
    {.name = "p",
     .kind = LG_OPTION_REAL,
     .default_value = 2,
     .minimum = 1,
     .maximum = 100,
     .meaning = "of the p-norm that measures distances (PyTorch 1 rounds it to a float)"},
    {.name = "eps",
     .kind = LG_OPTION_REAL,
     .default_value = 1e-6,
     .maximum = 1,
     .meaning = "added to every difference"},
    {.name = "swap",
     .kind = LG_OPTION_FLAG,
     .maximum = 1,
     .meaning = "take the distance of positive and negative where it is the smaller one"},
};

const struct loss LG_SYMBOL(loss_triplet_margin) = {
    .info =
        {
            .name = "triplet_margin",
            .summary = "hinge loss on how much nearer than the negative the positive is",
            .formula = "d(a, b) = (sum |a - b + eps|^p)^(1/p); max(0, margin + d(y1, y2) - "
                       "d(y1, y3)); swap: min(d(y1, y3), d(y2, y3)) for d(y1, y3)",
            .source = "V. Balntas et al., Learning local feature descriptors with triplets and "
                      "shallow convolutional neural networks, 2016, doi:10.5244/C.30.119; as "
                      "TripletMarginLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 3, .target = LG_TARGET_NONE},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
