/* Sums that the block optimizers and batch methods share: over 16 virtual lanes in f64
 * (engine/kernel/lanes.h). */
#ifndef LG_OPTIMIZER_SUMS_H
#define LG_OPTIMIZER_SUMS_H

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
        lanes->sum[(first + i) % VIRTUAL_LANES] += (wide)x[i] * (wide)y[i];
    for (; i + VIRTUAL_LANES <= n; i += VIRTUAL_LANES)
        for (size_t lane = 0; lane < VIRTUAL_LANES; lane++)
            lanes->sum[lane] += (wide)x[i + lane] * (wide)y[i + lane];
    for (size_t lane = 0; i < n; i++, lane++)
        lanes->sum[lane] += (wide)x[i] * (wide)y[i];
}

/* x . y over n entries. */
static inline wide sums_dot(size_t n, const real *x, const real *y)
{
    struct lanes lanes = {0};
    sums_add_products(&lanes, 0, x, y, n);
    return lanes_total(&lanes);
}

/* The sum of squares of x: (rows, columns), rows `stride` apart, row by row. */
static inline wide sums_of_squares(size_t rows, size_t columns, const real *x, size_t stride)
{
    struct lanes lanes = {0};
    for (size_t row = 0; row < rows; row++)
        sums_add_products(&lanes, row * columns, x + row * stride, x + row * stride, columns);
    return lanes_total(&lanes);
}

/* The Euclidean norm of the same. */
static inline wide sums_norm(size_t rows, size_t columns, const real *x, size_t stride)
{
    return wide_sqrt(sums_of_squares(rows, columns, x, stride));
}

#endif
