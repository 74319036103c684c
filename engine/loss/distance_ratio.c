#include "engine/loss/loss.h"
#include "engine/loss/row.h"
#include "engine/math/exact.h"
#include "engine/math/math.h"

/* One sample. */
struct distances {
    const real *similar, *different;
};

/* The difference, and e^-|difference| with what rounding takes from it: e^x has x times it. */
static accumulator excess(const struct distances *d, size_t i, accumulator *e)
{
    const struct twofold u = exact_sum((accumulator)d->similar[i], -(accumulator)d->different[i]);
    const accumulator rough = math_exp(-accumulator_abs(u.high)), low = u.high > 0 ? -u.low : u.low;
    *e = accumulator_abs(u.high) < 1e5 ? rough + rough * low : rough;
    return u.high;
}

/* log(1 + e^u), where e^u might overflow. */
static accumulator term(const void *of, size_t i)
{
    accumulator e;
    const accumulator u = excess(of, i, &e);
    return (u > 0 ? u : 0) + math_log1p(e);
}

/* 1 / (1 + e^-u), small to the last digit where u is far below 0. */
static accumulator slope(const struct distances *d, size_t i)
{
    accumulator e;
    const accumulator u = excess(d, i, &e);
    return (u > 0 ? 1 : e) / (1 + e);
}

static struct distances distances_at(const struct loss_batch *at, size_t b)
{
    return (struct distances){at->prediction[0] + b * at->stride,
                              at->prediction[1] + b * at->stride};
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct distances d = distances_at(at, b);
        values[b] = row_sum(term, &d, at->features) / loss_value_divisor(options, at);
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator scale = (accumulator)loss_gradient_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct distances d = distances_at(at, b);
        for (size_t i = 0; i < at->features; i++) {
            const accumulator s = scale * slope(&d, i);
            gradients[0][b * at->stride + i] = (real)s;
            gradients[1][b * at->stride + i] = (real)-s;
        }
    }
}

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_distance_ratio) = {
    .info =
        {
            .name = "distance_ratio",
            .summary = "log-probability that the similar of two samples is the nearer one",
            .formula = "-log(e^-y1 / (e^-y1 + e^-y2)); y1: distance from the similar sample, y2: "
                       "from the different one",
            .source = "after E. Hoffer and N. Ailon, Deep metric learning using triplet network, "
                      "2015, arXiv:1412.6622; as DistanceRatioCriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_NONE},
    .measure = {.unit = "nat", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
