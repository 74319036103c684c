#include <stdlib.h>

#include "harness/gradcheck/formula/formula.h"

enum { SWEEPS = 40 };

/* All gradients up to a step side by side, as a side sees them, behind sqrt(eps) times the
 * identity: history history^T is the paper's L, never formed. */
struct history {
    size_t n, length;
    long double *row;    /* (n, length) */
    long double *turned; /* (n, n): what the rows have been multiplied by */
};

static void fill(const struct formula_run *run, size_t last, bool is_left, struct history *h)
{
    const long double eps = elementary_sqrt(formula_option(run, "eps"));
    const size_t other = is_left ? run->columns : run->rows;
    for (size_t p = 0; p < h->n; p++) {
        for (size_t i = 0; i < h->n; i++) {
            h->row[p * h->length + i] = p == i ? eps : 0;
            h->turned[p * h->n + i] = p == i;
        }
        for (size_t t = 1; t <= last; t++)
            for (size_t i = 0; i < other; i++) {
                const size_t entry = is_left ? p * run->columns + i : i * run->columns + p;
                h->row[p * h->length + h->n + (t - 1) * other + i] =
                    formula_gradient_at(run, t, entry).value;
            }
    }
}

static long double dot(size_t n, const long double *x, const long double *y)
{
    long double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void rotate(size_t n, long double *x, long double *y, long double cosine, long double sine)
{
    for (size_t i = 0; i < n; i++) {
        const long double a = x[i], b = y[i];
        x[i] = cosine * a - sine * b;
        y[i] = sine * a + cosine * b;
    }
}

/* Rows are turned by pairs until they stand at right angles: M. R. Hestenes, 1958,
 * one-sided. Their lengths are then the singular values. */
static void orthogonalise(struct history *h)
{
    bool turned = true;
    for (int sweep = 0; sweep < SWEEPS && turned; sweep++) {
        turned = false;
        for (size_t p = 0; p + 1 < h->n; p++)
            for (size_t q = p + 1; q < h->n; q++) {
                long double *x = h->row + p * h->length, *y = h->row + q * h->length;
                const long double xx = dot(h->length, x, x), yy = dot(h->length, y, y),
                                  xy = dot(h->length, x, y);
                if (!(bounded_abs(xy) > 0x1p-60L * elementary_sqrt(xx) * elementary_sqrt(yy)))
                    continue;
                const long double half = (yy - xx) / (2 * xy);
                const long double size = bounded_abs(half) + elementary_sqrt(1 + half * half);
                const long double tangent = half < 0 ? -1 / size : 1 / size;
                const long double cosine = 1 / elementary_sqrt(1 + tangent * tangent);
                rotate(h->length, x, y, cosine, cosine * tangent);
                rotate(h->n, h->turned + p * h->n, h->turned + q * h->n, cosine, cosine * tangent);
                turned = true;
            }
    }
}

/* A power of L or R, -1/4 or, of a bias, -1/2, with the bound |f'| at the least eigenvalue
 * times what the sum may be off, which grows with every addition. */
static bool inverse_root(const struct formula_run *run, size_t last, bool is_left,
                         struct bounded *inverse)
{
    const size_t other = is_left ? run->columns : run->rows;
    struct history h = {.n = is_left ? run->rows : run->columns};
    h.length = h.n + last * other;
    h.row = malloc(h.n * h.length * sizeof *h.row);
    h.turned = malloc(h.n * h.n * sizeof *h.turned);
    const bool is_placed = h.row != NULL && h.turned != NULL;
    long double trace = 0, uncertain = 0, least = (long double)INFINITY;
    if (is_placed) {
        fill(run, last, is_left, &h);
        orthogonalise(&h);
    }
    for (size_t i = 0; is_placed && i < h.n * h.n; i++)
        inverse[i] = known(0, run->unit);
    for (size_t p = 0; is_placed && p < h.n; p++) {
        const long double *row = h.row + p * h.length, value = dot(h.length, row, row);
        const long double scale = elementary_sqrt(elementary_sqrt(value));
        for (size_t i = 0; i < h.n * h.n; i++)
            inverse[i].value += h.turned[p * h.n + i / h.n] * h.turned[p * h.n + i % h.n] /
                                (run->is_bias ? scale * scale : scale);
        trace += value;
        least = value < least ? value : least;
    }
    for (size_t i = 0; i < last * run->rows * run->columns; i++)
        uncertain += (2 * bounded_abs(run->g[i].value) + run->g[i].error) * run->g[i].error;
    const long double off = uncertain + trace * run->unit * (long double)(last + other + 4) +
                            trace * BOUNDED_ACCUMULATOR * 16 * (long double)h.n;
    const long double fourth = elementary_sqrt(elementary_sqrt(least)),
                      slope = run->is_bias ? 1 / (2 * fourth * fourth) : 1 / (4 * fourth);
    for (size_t i = 0; is_placed && i < h.n * h.n; i++)
        inverse[i] = bounded_rounded(
            inverse[i].value, off < least / 2 ? 4 * slope * off / least : (long double)INFINITY,
            run->unit);
    free(h.row);
    free(h.turned);
    return is_placed;
}

/* The same of a side that keeps its diagonal alone. */
static void inverse_diagonal(const struct formula_run *run, size_t last, bool is_left,
                             struct bounded *inverse)
{
    const size_t n = is_left ? run->rows : run->columns;
    const size_t other = is_left ? run->columns : run->rows;
    for (size_t p = 0; p < n; p++) {
        struct bounded sum = known(0, run->unit);
        for (size_t t = 1; t <= last; t++)
            for (size_t i = 0; i < other; i++) {
                const size_t entry = is_left ? p * run->columns + i : i * run->columns + p;
                const struct bounded g = formula_gradient_at(run, t, entry);
                sum = plus(sum, times(g, g));
            }
        const struct bounded eps = known(formula_option(run, "eps"), BOUNDED_ACCUMULATOR);
        const struct bounded value = root(plus(in_accumulator(sum), eps));
        for (size_t i = 0; i < n; i++)
            inverse[p * n + i] = known(0, run->unit);
        inverse[p * n + p] = in_unit(
            over(known(1, BOUNDED_ACCUMULATOR), run->is_bias ? value : root(value)), run->unit);
    }
}

/* The root that is in use at step t: of the last step in which roots were computed. */
static void root_of(const struct formula_run *run, size_t t, bool is_left, struct bounded *inverse)
{
    const size_t frequency = (size_t)formula_option(run, "update_freq");
    const size_t last = (t - 1) / frequency * frequency + 1, n = is_left ? run->rows : run->columns;
    if ((long double)n > formula_option(run, "max_preconditioner"))
        inverse_diagonal(run, last, is_left, inverse);
    else if (!inverse_root(run, last, is_left, inverse))
        inverse[0] = known((long double)NAN, run->unit);
}

/* w_t = w_(t-1) - lr L^(-1/4) G R^(-1/4), entry by entry. */
static void block(const struct formula_run *run, size_t t, struct bounded *after)
{
    const size_t rows = run->rows, columns = run->columns;
    struct bounded *left = run->work, *right = left + run->work_size,
                   *once = right + run->work_size;
    root_of(run, t, false, right);
    if (!run->is_bias)
        root_of(run, t, true, left);
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            struct bounded sum = known(0, run->unit);
            for (size_t k = 0; k < rows && !run->is_bias; k++)
                sum = plus(sum,
                           times(left[i * rows + k], formula_gradient_at(run, t, k * columns + j)));
            once[i * columns + j] = run->is_bias ? formula_gradient_at(run, t, j) : sum;
        }
    const struct bounded rate = coefficient(formula_lr(run, t), 0, run->unit);
    const long double left_over = 1 - formula_lr(run, t) * formula_option(run, "weight_decay");
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++) {
            struct bounded sum = known(0, run->unit);
            for (size_t k = 0; k < columns; k++)
                sum = plus(sum, times(once[i * columns + k], right[k * columns + j]));
            after[i * columns + j] = minus(times(coefficient(left_over, 2, run->unit),
                                                 formula_before_at(run, t, i * columns + j)),
                                           times(rate, sum));
        }
}

static const char *const variants[] = {"max_preconditioner=3", "max_preconditioner=0",
                                       "update_freq=1", "update_freq=3;weight_decay=0.5;eps=0.5",
                                       NULL};

const struct formula formula_shampoo = {
    .source = "V. Gupta, T. Koren, Y. Singer, 2018, algorithm 1, a bias by algorithm 2 with one "
              "index, arXiv:1802.09568",
    .variants = variants,
    .block = block,
};
