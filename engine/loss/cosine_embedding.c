#include "engine/loss/loss.h"
#include "engine/loss/row.h"
#include "engine/math/exact.h"

enum { MARGIN = 1 };

/* PyTorch adds it to both squares. It is a float there, in f64 too. */
static const accumulator EPS = (accumulator)1e-12f;

/* Two vectors, over powers of two where their squares might leave the range, and what is
 * summed of them. Where they are almost parallel, which is where training ends, 1 - cosine and
 * the gradient cancel: there they come from what the second lacks of being a multiple of the
 * first, rest = b - share a, which is small to the last digit and all but orthogonal to a. */
struct embedding {
    const real *a, *b;
    accumulator unit_a, unit_b;
    accumulator square_a, square_b, product; /* |a|^2, |b|^2, a . b */
    accumulator eps_a, eps_b;                /* EPS over the units' squares */
    accumulator share;                       /* 0: not parallel, and what follows is not used */
    accumulator square_rest, product_rest;   /* |rest|^2, a . rest */
    accumulator root;                        /* of the product of the squares, EPS added */
    accumulator cosine, gap;                 /* gap: 1 - cosine */
};

/* The power of two that takes the largest entry to between 1 and 2; not below 2^-200, whose
 * square is far below EPS. */
static accumulator unit_of(const real *x, size_t n)
{
    accumulator largest = 0, unit = 1;
    for (size_t i = 0; i < n; i++)
        largest = accumulator_abs((accumulator)x[i]) > largest ? accumulator_abs((accumulator)x[i])
                                                               : largest;
    if (!(largest <= (accumulator)REAL_MAX)) /* infinity, which no unit makes a number */
        return 1;
    for (; largest / 2 >= unit; unit *= 2)
        ;
    for (; largest < unit && unit > 0x1p-200; unit /= 2)
        ;
    return unit;
}

static accumulator entry_a(const struct embedding *e, size_t i)
{
    return (accumulator)e->a[i] / e->unit_a;
}

static accumulator entry_b(const struct embedding *e, size_t i)
{
    return (accumulator)e->b[i] / e->unit_b;
}

static accumulator entry_rest(const struct embedding *e, size_t i)
{
    const struct twofold part = exact_product(e->share, entry_a(e, i));
    return (entry_b(e, i) - part.high) - part.low;
}

static accumulator product(const void *of, size_t i)
{
    return entry_a(of, i) * entry_b(of, i);
}

static accumulator square_of_a(const void *of, size_t i)
{
    return entry_a(of, i) * entry_a(of, i);
}

static accumulator square_of_b(const void *of, size_t i)
{
    return entry_b(of, i) * entry_b(of, i);
}

static accumulator square_of_rest(const void *of, size_t i)
{
    return entry_rest(of, i) * entry_rest(of, i);
}

static accumulator product_of_rest(const void *of, size_t i)
{
    return entry_a(of, i) * entry_rest(of, i);
}

static void take_sums(struct embedding *e, size_t n)
{
    e->square_a = row_sum(square_of_a, e, n);
    e->square_b = row_sum(square_of_b, e, n);
    e->product = row_sum(product, e, n);
    e->eps_a = EPS / e->unit_a / e->unit_a;
    e->eps_b = EPS / e->unit_b / e->unit_b;
    e->root = accumulator_sqrt(e->square_a + e->eps_a) * accumulator_sqrt(e->square_b + e->eps_b);
    e->cosine = e->product / e->root;
    e->gap = 1 - e->cosine;
}

/* 1 - cosine is (root^2 - product^2) / (root (root + product)), and |a|^2 |b|^2 - product^2 is
 * |a|^2 |rest|^2 - (a . rest)^2. */
static void take_rest(struct embedding *e, size_t n)
{
    e->share = e->product / e->square_a;
    e->square_rest = row_sum(square_of_rest, e, n);
    e->product_rest = row_sum(product_of_rest, e, n);
    if (e->product < 0)
        return; /* the gap is nearly 2 */
    const accumulator area = e->square_a * e->square_rest - e->product_rest * e->product_rest;
    const accumulator eps = e->eps_a * e->square_b + e->eps_b * e->square_a + e->eps_a * e->eps_b;
    e->gap = ((area > 0 ? area : 0) + eps) / (e->root * (e->root + e->product));
}

static bool is_middling(accumulator square)
{
    return square > 0x1p-100 && square < 0x1p400;
}

static struct embedding embedding_at(const struct loss_batch *at, size_t b)
{
    const size_t n = at->features;
    struct embedding e = {.a = at->prediction[0] + b * at->stride,
                          .b = at->prediction[1] + b * at->stride,
                          .unit_a = 1,
                          .unit_b = 1};
    take_sums(&e, n);
    if (!is_middling(e.square_a) || !is_middling(e.square_b)) {
        e.unit_a = unit_of(e.a, n);
        e.unit_b = unit_of(e.b, n);
        take_sums(&e, n);
    }
    const accumulator all =
        accumulator_sqrt(e.square_a) * accumulator_sqrt(e.square_b); /* without EPS */
    if (all > 0 && accumulator_abs(e.product) > 0.75 * all)
        take_rest(&e, n);
    return e;
}

static int is_pair(const struct loss_batch *at, size_t b)
{
    return at->target[b * at->target_stride] > 0;
}

/* cosine - margin, by whichever of cosine and 1 - cosine is small. */
static accumulator excess(const struct embedding *e, accumulator margin)
{
    return margin > 0.5 ? (1 - margin) - e->gap : e->cosine - margin;
}

static void value(const struct lg_options *options, const struct loss_batch *at,
                  accumulator *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_at(at, b);
        values[b] = is_pair(at, b) ? e.gap : hinge(excess(&e, options->value[MARGIN]));
    }
}

/* The derivative of the cosine by a[i]: (b (|a|^2 + EPS) - a product) / ((|a|^2 + EPS) root). */
static accumulator slope_a(const struct embedding *e, size_t i)
{
    const accumulator x = entry_a(e, i), y = entry_b(e, i), square = e->square_a + e->eps_a;
    if (e->share == 0)
        return y / e->unit_a / e->root - e->cosine * (x / e->unit_a / square);
    const accumulator across = e->square_a * entry_rest(e, i) - x * e->product_rest;
    return (across + y * e->eps_a) / e->unit_a / square / e->root;
}

/* And by b[i]. b . rest is share (a . rest) + |rest|^2. */
static accumulator slope_b(const struct embedding *e, size_t i)
{
    const accumulator x = entry_a(e, i), y = entry_b(e, i), square = e->square_b + e->eps_b;
    if (e->share == 0)
        return x / e->unit_b / e->root - e->cosine * (y / e->unit_b / square);
    const accumulator along = e->share * e->product_rest + e->square_rest;
    const accumulator across = (y * along - e->square_b * entry_rest(e, i)) / e->share;
    return (across + x * e->eps_b) / e->unit_b / square / e->root;
}

/* At the margin itself the derivative is the hinge's upper one, as in PyTorch. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const accumulator each = (accumulator)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_at(at, b);
        const accumulator scale = is_pair(at, b)                           ? -each
                                  : excess(&e, options->value[MARGIN]) < 0 ? 0
                                                                           : each;
        for (size_t i = 0; i < at->features; i++) {
            gradients[0][b * at->stride + i] = (real)(scale * slope_a(&e, i));
            gradients[1][b * at->stride + i] = (real)(scale * slope_b(&e, i));
        }
    }
}

static const struct lg_option options_table[] = {
    LOSS_REDUCTION_OPTION,
    {.name = "margin",
     .kind = LG_OPTION_REAL,
     .minimum = -1,
     .maximum = 1,
     .meaning = "cosine below which a stranger counts nothing"},
};

const struct loss LG_SYMBOL(loss_cosine_embedding) = {
    .info =
        {
            .name = "cosine_embedding",
            .summary = "cosine of the angle between a pair, hinge loss on that of strangers",
            .formula = "c = y1 . y2 / sqrt((|y1|^2 + e) (|y2|^2 + e)), e = 1e-12 as a float; "
                       "t = 1: 1 - c; t = -1: max(0, c - margin)",
            .source = "after J. Bromley et al., Signature verification using a Siamese time delay "
                      "neural network, 1993, doi:10.1142/S0218001493000339; as "
                      "CosineEmbeddingCriterion in Torch7 and CosineEmbeddingLoss in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .shape = {.inputs = 2, .target = LG_TARGET_PAIR},
    .measure = {.unit = "1", .least = 0, .most = 2},
    .value = value,
    .gradient = gradient,
};
