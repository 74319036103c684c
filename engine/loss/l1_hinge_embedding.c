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
                       at->features, 1, 0);
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const accumulator length = distance_at(at, b).length;
        values[b] = is_pair(at, b) ? length : hinge(options->value[MARGIN] - length);
    }
}

/* At the margin itself two strangers are still pushed apart, as in both frameworks. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator each = (accumulator)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct distance d = distance_at(at, b);
        const accumulator scale = is_pair(at, b)                      ? each
                                  : d.length > options->value[MARGIN] ? 0
                                                                      : -each;
        for (size_t i = 0; i < at->features; i++) {
            const accumulator slope = scale * distance_slope(&d, i);
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

const struct loss LG_SYMBOL(loss_l1_hinge_embedding) = {
    .info =
        {
            .name = "l1_hinge_embedding",
            .summary = "absolute distance of a pair, hinge loss on that of strangers",
            .formula = "D = sum |y1 - y2|; t = 1: D; t = -1: max(0, margin - D)",
            .source = "H. Mobahi, R. Collobert and J. Weston, Deep learning from temporal "
                      "coherence in video, ICML 2009, doi:10.1145/1553374.1553469; as "
                      "L1HingeEmbeddingCriterion in Torch7 (whose derivative at an entry of equal "
                      "inputs is a random sign; 0 here)",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_PAIR},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
