/* Sums that the block optimizers and batch methods share: over 16 virtual lanes in f64
 * (engine/kernel/lanes.h). */
#ifndef LG_OPTIMIZER_SUMS_H
#define LG_OPTIMIZER_SUMS_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/real.h"
#include "engine/kernel/lanes.h"

/* Add x[i] * y[i], i < n, which are terms first, first + 1, ... of the whole sum. A
 * product of two floats is exact in f64, and so are squares of any float. */
static inline void sums_add_products(struct lanes *lanes, size_t first, const real *x,
                                     const real *y, size_t n)
{
    size_t i = 0;
    for (; i < n && (first + i) % VIRTUAL_LANES != 0; i++)
        lanes->sum[(first + i) % VIRTUAL_LANES] += (accumulator)x[i] * (accumulator)y[i];
    for (; i + VIRTUAL_LANES <= n; i += VIRTUAL_LANES)
        for (size_t lane = 0; lane < VIRTUAL_LANES; lane++)
            lanes->sum[lane] += (accumulator)x[i + lane] * (accumulator)y[i + lane];
    for (size_t lane = 0; i < n; i++, lane++)
        lanes->sum[lane] += (accumulator)x[i] * (accumulator)y[i];
}

/* x . y over n entries. */
static inline accumulator sums_dot(size_t n, const real *x, const real *y)
{
    struct lanes lanes = {0};
    sums_add_products(&lanes, 0, x, y, n);
    return lanes_total(&lanes);
}

/* The sum of squares of x: (rows, columns), rows `stride` apart, row by row. */
static inline accumulator sums_of_squares(size_t rows, size_t columns, const real *x, size_t stride)
{
    struct lanes lanes = {0};
    for (size_t row = 0; row < rows; row++)
        sums_add_products(&lanes, row * columns, x + row * stride, x + row * stride, columns);
    return lanes_total(&lanes);
}

/* Below SUMS_LEAST a sum of squares may lack terms that underflowed. Numbers whose squares
 * overflow are safe times SUMS_DOWN, those whose squares underflow times SUMS_UP; both are
 * powers of two. */
#if LG_PRECISION != 80
#define SUMS_LEAST 0x1p-900
#define SUMS_DOWN  0x1p-600
#define SUMS_UP    0x1p600
#else
#define SUMS_LEAST 0x1p-14400L
#define SUMS_DOWN  0x1p-9600L
#define SUMS_UP    0x1p9600L
#endif

static inline bool sums_is_safe(accumulator squares)
{
    return squares >= SUMS_LEAST && squares - squares == 0;
}

/* The Euclidean norm of scale * x, row by row. scale: a power of two. */
static inline accumulator sums_norm_times(accumulator scale, size_t rows, size_t columns,
                                          const real *x, size_t stride)
{
    struct lanes lanes = {0};
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++) {
            const accumulator term = scale * (accumulator)x[row * stride + i];
            lanes.sum[(row * columns + i) % VIRTUAL_LANES] += term * term;
        }
    return accumulator_sqrt(lanes_total(&lanes));
}

/* The Euclidean norm of x; infinite only where it is beyond the largest number. */
static inline accumulator sums_norm(size_t rows, size_t columns, const real *x, size_t stride)
{
    const accumulator squares = sums_of_squares(rows, columns, x, stride);
    if (sums_is_safe(squares) || squares != squares)
        return accumulator_sqrt(squares);
    const accumulator scale = squares < 1 ? SUMS_UP : SUMS_DOWN;
    return sums_norm_times(scale, rows, columns, x, stride) / scale;
}

#endif
