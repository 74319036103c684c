#include "engine/loss/loss.h"
#include "engine/loss/row.h"
#include "engine/math/exact.h"

enum { MARGIN = 1 };

/* PyTorch adds it to both squares. It is a float there, in f64 too. */
static const wide EPS = (wide)1e-12f;

/* Two vectors and what is summed of them. Where they are almost parallel, which is where
 * training ends, 1 - cosine and the gradient cancel: there, and where squares would leave the
 * range, the vectors are divided by powers of two and the sums have twice the digits. */
struct embedding {
    const real *a, *b;
    wide unit_a, unit_b;               /* powers of two */
    struct twofold square_a, square_b; /* |a|^2 + EPS, |b|^2 + EPS over the units */
    struct twofold product;            /* a . b over the units */
    wide root;                         /* of the product of the squares */
    bool is_plain;                     /* neither units nor low digits */
    wide cosine, gap;                  /* gap: 1 - cosine */
};

/* The power of two that takes the largest entry to between 1 and 2; not below 2^-400, whose
 * square is far below EPS. */
static wide unit_of(const real *x, size_t n)
{
    wide largest = 0, unit = 1;
    for (size_t i = 0; i < n; i++)
        largest = wide_abs((wide)x[i]) > largest ? wide_abs((wide)x[i]) : largest;
    if (!(largest <= (wide)REAL_MAX)) /* infinity, which no unit makes a number */
        return 1;
    for (; largest >= 2 * unit; unit *= 2)
        ;
    for (; largest < unit && unit > 0x1p-400; unit /= 2)
        ;
    return unit;
}

static struct twofold dot(const real *x, wide unit_x, const real *y, wide unit_y, size_t n)
{
    struct twofold sum = {0, 0};
    for (size_t i = 0; i < n; i++)
        sum = twofold_sum(sum, exact_product((wide)x[i] / unit_x, (wide)y[i] / unit_y));
    return sum;
}

static struct twofold square_of(const real *x, wide unit, size_t n)
{
    return twofold_sum(dot(x, unit, x, unit, n), (struct twofold){EPS / unit / unit, 0});
}

/* 1 - cosine: (root^2 - product^2) / (root (root + product)) where they point the same way,
 * root^2 the product of the squares. */
static wide gap_of(const struct embedding *e)
{
    if (e->is_plain || !(e->product.high > 0))
        return 1 - e->cosine;
    const struct twofold squares = twofold_product(e->square_a, e->square_b);
    const struct twofold all =
        twofold_sum(squares, twofold_negative(twofold_product(e->product, e->product)));
    const wide gap = all.high / (e->root * (e->root + e->product.high));
    return gap < 0 ? 0 : gap;
}

static wide plain_product(const void *of, size_t i)
{
    const struct embedding *e = of;
    return (wide)e->a[i] * (wide)e->b[i];
}

static wide plain_square_a(const void *of, size_t i)
{
    const struct embedding *e = of;
    return (wide)e->a[i] * (wide)e->a[i];
}

static wide plain_square_b(const void *of, size_t i)
{
    const struct embedding *e = of;
    return (wide)e->b[i] * (wide)e->b[i];
}

static void finish(struct embedding *e)
{
    e->root = wide_sqrt(e->square_a.high) * wide_sqrt(e->square_b.high);
    e->cosine = e->product.high / e->root;
    e->gap = gap_of(e);
}

static bool is_middling(wide x)
{
    return x > 0x1p-100 && x < 0x1p400;
}

static struct embedding embedding_at(const struct loss_batch *at, size_t b)
{
    const size_t n = at->features;
    struct embedding e = {.a = at->prediction[0] + b * at->stride,
                          .b = at->prediction[1] + b * at->stride,
                          .unit_a = 1,
                          .unit_b = 1};
    e.square_a.high = row_sum(plain_square_a, &e, n);
    e.square_b.high = row_sum(plain_square_b, &e, n);
    e.is_plain = is_middling(e.square_a.high) && is_middling(e.square_b.high);
    e.square_a.high += EPS;
    e.square_b.high += EPS;
    e.product.high = row_sum(plain_product, &e, n);
    finish(&e);
    e.is_plain = e.is_plain && wide_abs(e.cosine) < 0.75;
    if (e.is_plain)
        return e;
    e.unit_a = unit_of(e.a, n);
    e.unit_b = unit_of(e.b, n);
    e.square_a = square_of(e.a, e.unit_a, n);
    e.square_b = square_of(e.b, e.unit_b, n);
    e.product = dot(e.a, e.unit_a, e.b, e.unit_b, n);
    finish(&e);
    return e;
}

static int is_pair(const struct loss_batch *at, size_t b)
{
    return at->target[b * at->target_stride] > 0;
}

/* cosine - margin, by whichever of cosine and 1 - cosine is small. */
static wide excess(const struct embedding *e, wide margin)
{
    return margin > 0.5 ? (1 - margin) - e->gap : e->cosine - margin;
}

static void value(const struct lg_options *options, const struct loss_batch *at, wide *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_at(at, b);
        values[b] = is_pair(at, b) ? e.gap : hinge(excess(&e, options->value[MARGIN]));
    }
}

/* The derivative of the cosine by x: (y square_x - x product) / (square_x root), all over
 * their units, over the unit of x. */
static wide slope(const struct embedding *e, struct twofold square_x, wide unit_x, wide x, wide y)
{
    if (e->is_plain)
        return y / e->root - e->cosine * (x / square_x.high);
    const struct twofold of_y = twofold_product(square_x, (struct twofold){y, 0});
    const struct twofold of_x = twofold_product(e->product, (struct twofold){x, 0});
    const wide numerator = twofold_sum(of_y, twofold_negative(of_x)).high;
    return numerator / square_x.high / e->root / unit_x;
}

/* At the margin itself the derivative is the hinge's upper one, as in PyTorch. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const wide each = (wide)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct embedding e = embedding_at(at, b);
        const wide scale = is_pair(at, b)                           ? -each
                           : excess(&e, options->value[MARGIN]) < 0 ? 0
                                                                    : each;
        for (size_t i = 0; i < at->features; i++) {
            const wide x = (wide)e.a[i] / e.unit_a, y = (wide)e.b[i] / e.unit_b;
            gradients[0][b * at->stride + i] =
                (real)(scale * slope(&e, e.square_a, e.unit_a, x, y));
            gradients[1][b * at->stride + i] =
                (real)(scale * slope(&e, e.square_b, e.unit_b, y, x));
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
