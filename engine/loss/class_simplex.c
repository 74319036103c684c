#include "engine/loss/classes.h"
#include "engine/loss/row.h"

/* One sample and its class. */
struct embedding {
    const real *y;
    size_t class, classes;
};

/* Coordinate k of a class's vertex. The n vertices of a regular simplex of n - 1 = d
 * dimensions around 0, all of length 1, built one coordinate at a time: vertex k ends
 * with its coordinate k, high, and all later vertices have low there. What the
 * recursion high^2 = 1 - (sum of the squares of the coordinates before),
 * low = (high^2 - 1 - 1 / d) / high comes to is high^2 = (d + 1) (d - k) / (d (d - k + 1))
 * and low = -high / (d - k). The last of the n coordinates is always 0. */
static accumulator vertex(const struct embedding *e, size_t k)
{
    const accumulator d = (accumulator)e->classes - 1, left = d - (accumulator)k;
    if (left == 0 || k > e->class)
        return 0;
    const accumulator high = accumulator_sqrt((d + 1) * left / (d * (left + 1)));
    return k == e->class ? high : -high / left;
}

static accumulator error(const struct embedding *e, size_t k)
{
    return (accumulator)e->y[k] - vertex(e, k);
}

static accumulator term(const void *of, size_t k)
{
    const accumulator difference = error(of, k);
    return difference * difference;
}

static struct embedding embedding_of(const struct loss_batch *at, size_t b)
{
    return (struct embedding){
        .y = at->prediction[0] + b * at->stride, .class = class_of(at, b), .classes = at->features};
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_of(at, b);
        values[b] = row_sum(term, &e, at->features) / loss_value_divisor(options, at);
    }
}

static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator scale = 2 * (accumulator)loss_gradient_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_of(at, b);
        real *dy = gradients[0] + b * at->stride;
        for (size_t k = 0; k < at->features; k++)
            dy[k] = (real)(scale * error(&e, k));
    }
}

static const struct lg_option options_table[] = {LOSS_REDUCTION_OPTION};

const struct loss LG_SYMBOL(loss_class_simplex) = {
    .info =
        {
            .name = "class_simplex",
            .summary = "square error from a class's vertex of a regular simplex",
            .formula = "(y - v_t)^2; v_1, ..., v_n: unit vectors, v_i . v_j = -1 / (n - 1), the "
                       "last coordinate 0",
            .source = "S. Chintala et al., Scale-invariant learning and convolutional networks, "
                      "2015, arXiv:1506.08230; as ClassSimplexCriterion in Torch7",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 1, .target = LG_TARGET_CLASS},
    .measure = {.unit = "output^2", .least = 0, .most = LG_INFINITE},
    .value = value,
    .gradient = gradient,
};
