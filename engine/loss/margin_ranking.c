#include "engine/loss/loss.h"
#include "engine/loss/row.h"

enum { MARGIN = 1 };

/* One sample. */
struct ranks {
    const real *first, *second, *target;
    accumulator margin;
};

static accumulator before_hinge(const struct ranks *r, size_t i)
{
    return -(accumulator)r->target[i] * ((accumulator)r->first[i] - (accumulator)r->second[i]) +
           r->margin;
}

static accumulator term(const void *of, size_t i)
{
    return hinge(before_hinge(of, i));
}

static struct ranks ranks_at(const struct lg_options *options, const struct loss_batch *at,
                             size_t b)
{
    return (struct ranks){.first = at->prediction[0] + b * at->stride,
                          .second = at->prediction[1] + b * at->stride,
                          .target = at->target + b * at->target_stride,
                          .margin = options->value[MARGIN]};
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct ranks r = ranks_at(options, at, b);
        values[b] = row_sum(term, &r, at->features) / loss_value_divisor(options, at);
    }
}

/* At the kink the derivative is the hinge's upper one, as in both frameworks. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const real scale = loss_gradient_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct ranks r = ranks_at(options, at, b);
        for (size_t i = 0; i < at->features; i++) {
            const accumulator h = before_hinge(&r, i);
            const real slope = h >= 0 ? scale * r.target[i] : h < 0 ? 0 : (real)h;
            gradients[0][b * at->stride + i] = -slope;
            gradients[1][b * at->stride + i] = slope;
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .maximum = 1e30,
     .meaning = "how far one shall be above the other: 0 (PyTorch); Torch7's default is 1"},
};

const struct loss LG_SYMBOL(loss_margin_ranking) = {
    .info =
        {
            .name = "margin_ranking",
            .summary = "hinge loss on which of two predictions is larger",
            .formula = "max(0, margin - t (y1 - y2)); t = 1: y1 shall be larger, -1: y2",
            .source =
                "R. Herbrich, T. Graepel and K. Obermayer, Large margin rank boundaries for "
                "ordinal regression, 2000, Advances in Large Margin Classifiers, pages 115-132; as "
                "MarginRankingCriterion in Torch7 and MarginRankingLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_SIGNS},
    .measure = {.unit = "output", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
