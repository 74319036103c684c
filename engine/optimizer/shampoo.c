#include "engine/kernel/gemm.h"
#include "engine/optimizer/optimizer.h"
#include "engine/optimizer/small_matrix.h"

enum { LR, EPS, UPDATE_FREQ, MAX_PRECONDITIONER, WEIGHT_DECAY };
enum { REFRESH }; /* coefficient: 1 in a step that computes the roots */
enum { ALIGNMENT = 64 };

/* A side of a block: the sum of G G^T (of its diagonal) and the root in use.
 *
 * A side longer than max_preconditioner keeps the diagonal of the sum alone, as the
 * paper does with large dimensions: the sum of squares of each row (column) of G. */
struct side {
    size_t n;
    bool is_full;
    real *sum, *root; /* (n, n), or (n) */
};

static bool is_full(const struct lg_options *options, size_t n)
{
    return (accumulator)n <= options->value[MAX_PRECONDITIONER];
}

static size_t side_reals(const struct lg_options *options, size_t n)
{
    return is_full(options, n) ? 2 * n * n : 2 * n;
}

/* A bias has one side, its columns. */
static size_t block_reals(const struct lg_options *options, size_t rows, size_t columns,
                          bool is_bias)
{
    return (is_bias ? 0 : side_reals(options, rows)) + side_reals(options, columns);
}

/* Room for the products' work space, two products of the block's size and one of a
 * side's; or else for the two f64 matrices and the vector of an eigen-decomposition. */
static size_t block_scratch_reals(const struct lg_options *options, size_t rows, size_t columns,
                                  bool is_bias)
{
    size_t side = is_full(options, columns) ? columns : 1;
    if (!is_bias && is_full(options, rows) && rows > side)
        side = rows;
    const size_t longer = rows > columns ? rows : columns;
    const size_t eigen = (2 * side + 1) * side * sizeof(accumulator) / sizeof(real);
    const size_t products = gemm_scratch_reals(longer) + 2 * rows * columns + side * side;
    return ALIGNMENT / sizeof(real) + (eigen > products ? eigen : products);
}

static void begin(const struct lg_options *options, uint64_t step,
                  accumulator scalars[OPTIMIZER_SCALARS_MAX], struct optimizer_step *now)
{
    (void)scalars;
    now->c[REFRESH] = (step - 1) % (uint64_t)options->value[UPDATE_FREQ] == 0;
}

static real *aligned(real *scratch)
{
    const uintptr_t past = (uintptr_t)scratch % ALIGNMENT;
    return scratch + (past ? ALIGNMENT - past : 0) / sizeof(real);
}

static struct side side_of(const struct lg_options *options, size_t n, real *state)
{
    const bool full = is_full(options, n);
    return (struct side){n, full, state, state + (full ? n * n : n)};
}

/* x^(-1/4), or x^(-1/2) of the only side of a bias. */
static accumulator inverse_root(accumulator x, bool is_bias)
{
    return 1 / (is_bias ? accumulator_sqrt(x) : accumulator_sqrt(accumulator_sqrt(x)));
}

/* root = (eps I + sum)^(-1/4). The sum is positive semi-definite, so that an eigenvalue
 * below eps is a rounding, and eps itself is nearer. */
static void refresh(const struct side *side, accumulator eps, bool is_bias, real *scratch)
{
    const size_t n = side->n;
    if (!side->is_full) {
        for (size_t i = 0; i < n; i++)
            side->root[i] = (real)inverse_root(eps + (accumulator)side->sum[i], is_bias);
        return;
    }
    accumulator *a = (accumulator *)(void *)aligned(scratch), *vectors = a + n * n,
                *sum = vectors + n * n;
    for (size_t i = 0; i < n * n; i++)
        a[i] = (accumulator)side->sum[i] + (i % (n + 1) == 0 ? eps : 0);
    small_matrix_eigen(n, a, vectors);
    for (size_t e = 0; e < n; e++) { /* the values, into the first row */
        const accumulator value = a[e * n + e];
        a[e] = inverse_root(value < eps ? eps : value, is_bias);
    }
    for (size_t row = 0; row < n; row++) { /* sum of root * v v^T, in order of values */
        for (size_t i = 0; i < n; i++)
            sum[i] = 0;
        for (size_t e = 0; e < n; e++) {
            const accumulator factor = a[e] * vectors[e * n + row];
            for (size_t i = 0; i < n; i++)
                sum[i] += factor * vectors[e * n + i];
        }
        for (size_t i = 0; i < n; i++)
            side->root[row * n + i] = (real)sum[i];
    }
}

/* sum += g g^T; g: (side->n, k) as it is seen from this side. scratch: aligned. */
static void gather(const struct side *side, struct gemm_operand g, size_t k, real *scratch)
{
    const size_t n = side->n;
    if (!side->is_full) {
        for (size_t i = 0; i < n; i++) {
            accumulator sum = 0;
            for (size_t j = 0; j < k; j++) {
                const accumulator entry = (accumulator)g.values[i * g.by_row + j * g.by_column];
                sum += entry * entry;
            }
            side->sum[i] = (real)((accumulator)side->sum[i] + sum);
        }
        return;
    }
    const struct gemm_operand transposed = {g.values, g.by_column, g.by_row, NULL, NULL};
    real *product = scratch + gemm_scratch_reals(n);
    gemm(product, n, NULL, n, n, k, g, transposed, scratch);
    for (size_t i = 0; i < n * n; i++)
        side->sum[i] += product[i];
}

/* out = L^(-1/4) g R^(-1/4), contiguous. Returns where it is. */
static const real *precondition(const struct block *block, const struct side *left,
                                const struct side *right, real *scratch)
{
    const size_t rows = block->rows, columns = block->columns;
    real *first = scratch + gemm_scratch_reals(rows), *second = first + rows * columns;
    if (left && left->is_full) {
        gemm(first, columns, NULL, rows, columns, rows,
             (struct gemm_operand){left->root, rows, 1, NULL, NULL},
             (struct gemm_operand){block->gradient, block->stride, 1, NULL, NULL}, scratch);
    } else {
        for (size_t row = 0; row < rows; row++) {
            const real factor = left ? left->root[row] : 1;
            for (size_t i = 0; i < columns; i++)
                first[row * columns + i] = factor * block->gradient[row * block->stride + i];
        }
    }
    if (right->is_full) {
        gemm(second, columns, NULL, rows, columns, columns,
             (struct gemm_operand){first, columns, 1, NULL, NULL},
             (struct gemm_operand){right->root, columns, 1, NULL, NULL}, scratch);
        return second;
    }
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            first[row * columns + i] *= right->root[i];
    return first;
}

static void update_block(const struct lg_options *options, const struct optimizer_step *now,
                         const struct block *block)
{
    const double *o = options->value;
    const size_t rows = block->rows, columns = block->columns, stride = block->stride;
    const bool is_bias = block->is_bias, is_due = now->c[REFRESH] != 0;
    real *scratch = aligned(block->scratch);
    const struct side left = side_of(options, rows, block->state);
    const struct side right =
        side_of(options, columns, block->state + (is_bias ? 0 : side_reals(options, rows)));
    gather(&right, (struct gemm_operand){block->gradient, 1, stride, NULL, NULL}, rows, scratch);
    if (!is_bias)
        gather(&left, (struct gemm_operand){block->gradient, stride, 1, NULL, NULL}, columns,
               scratch);
    if (is_due) {
        refresh(&right, o[EPS], is_bias, block->scratch);
        if (!is_bias)
            refresh(&left, o[EPS], is_bias, block->scratch);
    }
    const real *direction = precondition(block, is_bias ? NULL : &left, &right, scratch);
    const real rate = (real)o[LR], shrink = (real)(1 - (accumulator)o[LR] * o[WEIGHT_DECAY]);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) {
            real *w = block->w + row * stride + i;
            *w = shrink * *w - rate * direction[row * columns + i];
        }
}

static const struct lg_option options_table[] = {
    [LR] = OPTION_LR(0.1),
    [EPS] = {.name = "eps",
             .kind = LG_OPTION_REAL,
             .default_value = 1e-4,
             .maximum = 1e30,
             .above_minimum = 1,
             .meaning = "what the diagonals of the preconditioners start from"},
    [UPDATE_FREQ] = {.name = "update_freq",
                     .kind = LG_OPTION_INTEGER,
                     .default_value = 20,
                     .minimum = 1,
                     .maximum = 1e9,
                     .meaning = "steps from one computation of the inverse roots to the next"},
    [MAX_PRECONDITIONER] = {.name = "max_preconditioner",
                            .kind = LG_OPTION_INTEGER,
                            .default_value = 256,
                            .maximum = 1e4,
                            .meaning = "a side longer than this has a diagonal preconditioner; "
                                       "roots cost its third power"},
    [WEIGHT_DECAY] = {.name = "weight_decay",
                      .kind = LG_OPTION_REAL,
                      .maximum = 1e30,
                      .meaning = "decoupled: w is first multiplied by 1 - lr * weight_decay"},
};

const struct optimizer LG_SYMBOL(optimizer_shampoo) = {
    .info =
        {
            .name = "shampoo",
            .summary = "gradients between inverse fourth roots of their row and column covariances",
            .formula = "L += g g^T; R += g^T g, from eps I; w -= lr L^(-1/4) g R^(-1/4); a bias: "
                       "w -= lr R^(-1/2) g",
            .source = "V. Gupta, T. Koren, Y. Singer, 2018, algorithms 1 and 2, arXiv:1802.09568",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .begin = begin,
    .block_reals = block_reals,
    .block_scratch_reals = block_scratch_reals,
    .update_block = update_block,
};
