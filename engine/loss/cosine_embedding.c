#include "engine/loss/loss.h"
#include "engine/loss/row.h"

enum { MARGIN = 1 };

/* PyTorch adds it to both squares. It is a float there, in f64 too. */
static const wide EPS = (wide)1e-12f;

struct pair {
    const real *a, *b;
    wide square_a, square_b; /* |a|^2, |b|^2, and EPS */
    wide root;               /* of the product of the squares */
    wide cosine;
};

static wide product(const void *of, size_t i)
{
    const struct pair *p = of;
    return (wide)p->a[i] * (wide)p->b[i];
}

static wide square_of_a(const void *of, size_t i)
{
    const struct pair *p = of;
    return (wide)p->a[i] * (wide)p->a[i];
}

static wide square_of_b(const void *of, size_t i)
{
    const struct pair *p = of;
    return (wide)p->b[i] * (wide)p->b[i];
}

static struct pair pair_at(const struct loss_batch *at, size_t b)
{
    struct pair p = {.a = at->prediction[0] + b * at->stride,
                     .b = at->prediction[1] + b * at->stride};
    p.square_a = row_sum(square_of_a, &p, at->features) + EPS;
    p.square_b = row_sum(square_of_b, &p, at->features) + EPS;
    p.root = wide_sqrt(p.square_a) * wide_sqrt(p.square_b);
    p.cosine = row_sum(product, &p, at->features) / p.root;
    return p;
}

static int is_pair(const struct loss_batch *at, size_t b)
{
    return at->target[b * at->target_stride] > 0;
}

static void value(const struct lg_options *options, const struct loss_batch *at, wide *values)
{
    for (size_t b = 0; b < at->batch; b++) {
        const wide cosine = pair_at(at, b).cosine;
        values[b] = is_pair(at, b) ? 1 - cosine : hinge(cosine - options->value[MARGIN]);
    }
}

/* At the margin itself the derivative is the hinge's upper one, as in PyTorch. */
static void gradient(const struct lg_options *options, const struct loss_batch *at,
                     real *const gradients[LG_LOSS_INPUTS_MAX])
{
    const wide each = (wide)loss_sample_scale(options, at);
    for (size_t b = 0; b < at->batch; b++) {
        const struct pair p = pair_at(at, b);
        const wide scale = is_pair(at, b)                          ? -each
                           : p.cosine - options->value[MARGIN] < 0 ? 0
                                                                   : each;
        for (size_t i = 0; i < at->features; i++) {
            const wide x = (wide)p.a[i], y = (wide)p.b[i];
            gradients[0][b * at->stride + i] =
                (real)(scale * (y / p.root - p.cosine * (x / p.square_a)));
            gradients[1][b * at->stride + i] =
                (real)(scale * (x / p.root - p.cosine * (y / p.square_b)));
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
