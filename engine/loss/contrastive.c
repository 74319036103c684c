#include "engine/loss/distance.h"
#include "engine/loss/loss.h"

enum { MARGIN = 1 };

static int is_pair(const struct loss_batch *at, size_t b)
{
    return at->target[b * at->target_stride] > 0;
}

static struct distance distance_at(const struct loss_batch *at, size_t b)
{
    return distance_of(at->prediction[0] + b * at->stride, at->prediction[1] + b * at->stride,
                       at->features, 2, 0);
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const accumulator length = distance_at(at, b).length;
        const accumulator error = is_pair(at, b) ? length : hinge(options->value[MARGIN] - length);
        values[b] = error / 2 * error;
    }
}

/* By the difference: itself for a pair, -(margin - D) / D of it for strangers. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator each = (accumulator)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct distance d = distance_at(at, b);
        const accumulator push = each * hinge(options->value[MARGIN] - d.length);
        for (size_t i = 0; i < at->features; i++) {
            const accumulator slope =
                is_pair(at, b) ? each * distance_entry(&d, i) : -push * distance_slope(&d, i);
            gradients[0][b * at->stride + i] = (real)slope;
            gradients[1][b * at->stride + i] = (real)-slope;
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .maximum = 1e30,
     .meaning = "distance from which on a stranger counts nothing"},
};

const struct loss LG_SYMBOL(loss_contrastive) = {
    .info =
        {
            .name = "contrastive",
            .summary = "square distance of a pair, square hinge loss on that of strangers",
            .formula = "D = |y1 - y2|; t = 1: D^2 / 2; t = -1: max(0, margin - D)^2 / 2; "
                       "derivative 0 at D = 0",
            .source = "R. Hadsell, S. Chopra and Y. LeCun, Dimensionality reduction by learning an "
                      "invariant mapping, 2006, equation 4 (its Y is 0 where t is 1, and 1 where t "
                      "is -1), doi:10.1109/CVPR.2006.100",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_PAIR},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
