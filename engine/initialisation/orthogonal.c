#include "engine/initialisation/initialisation.h"

#include "engine/kernel/lanes.h"

enum { GAIN };

/* The fewer of the weight's rows and columns: element k of vector v is
 * at[v * between + k * within]. */
struct vectors {
    size_t count, length, between, within;
    real *at;
};

static struct vectors vectors_of(const struct drawn *to)
{
    if (to->outputs < to->inputs)
        return (struct vectors){to->outputs, to->inputs, 1, to->stride, to->weight};
    return (struct vectors){to->inputs, to->outputs, to->stride, 1, to->weight};
}

static accumulator dot(const struct vectors *vectors, const real *a, const real *b)
{
    struct lanes lanes = {{0}};
    for (size_t k = 0; k < vectors->length; k++)
        lanes.sum[k % VIRTUAL_LANES] +=
            (accumulator)a[k * vectors->within] * (accumulator)b[k * vectors->within];
    return lanes_total(&lanes);
}

static void scale(const struct vectors *vectors, real *a, accumulator factor)
{
    for (size_t k = 0; k < vectors->length; k++)
        a[k * vectors->within] = (real)((accumulator)a[k * vectors->within] * factor);
}

/* Take from `from` what it has of the unit vector. */
static void take(const struct vectors *vectors, const real *unit, real *from)
{
    const accumulator part = dot(vectors, unit, from);
    for (size_t k = 0; k < vectors->length; k++)
        from[k * vectors->within] = (real)((accumulator)from[k * vectors->within] -
                                           part * (accumulator)unit[k * vectors->within]);
}

/* Gram-Schmidt, which needs no memory and whose R has lengths, so positive numbers, on
 * its diagonal. What rounding leaves of the earlier vectors a second pass takes: twice is
 * enough (L. Giraud et al., 2005, doi:10.1007/s00211-005-0615-4). */
static void orthonormalise(const struct vectors *vectors)
{
    for (size_t v = 0; v < vectors->count; v++) {
        real *now = vectors->at + v * vectors->between;
        for (int pass = 0; pass < 2; pass++) {
            for (size_t u = 0; u < v; u++)
                take(vectors, vectors->at + u * vectors->between, now);
            const accumulator length = accumulator_sqrt(dot(vectors, now, now));
            if (length > 0)
                scale(vectors, now, 1 / length);
        }
    }
}

static void draw(const struct lg_options *options, struct draws *draws, const struct drawn *to)
{
    draw_all_normal(draws, to, 1);
    const struct vectors vectors = vectors_of(to);
    orthonormalise(&vectors);
    for (size_t v = 0; v < vectors.count; v++)
        scale(&vectors, vectors.at + v * vectors.between, options->value[GAIN]);
}

static const struct lg_option options_table[] = {
    {.name = "gain",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "factor of every weight"},
};

const struct initialisation LG_SYMBOL(initialisation_orthogonal) = {
    .info =
        {
            .name = "orthogonal",
            .summary = "weights with orthonormal rows or columns, whichever are fewer, bias 0",
            .formula = "w = gain Q, A = Q R, A ~ N(0, 1), diagonal of R positive",
            .source = "A. M. Saxe, J. L. McClelland, S. Ganguli, 2014, section 3, arXiv:1312.6120; "
                      "F. Mezzadri, 2007, section 5, arXiv:math-ph/0609050",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .draw = draw,
};
