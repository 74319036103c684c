/* The columns of a matrix that are not zero in every row.
 *
 * A rectified unit that no sample of a batch switches on, a pixel that none of them
 * lights: its terms are zero in every product of the batch, so the products may run
 * over the other columns alone, to the same bits (docs/adr/0001, rule 4). Matrices
 * are compressed to those columns before a product and results expanded after it. */
#ifndef LG_KERNEL_NONZERO_H
#define LG_KERNEL_NONZERO_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/real.h"

#define nonzero_find     LG_SYMBOL(nonzero_find)
#define nonzero_compress LG_SYMBOL(nonzero_compress)
#define nonzero_expand   LG_SYMBOL(nonzero_expand)

/* `count` of `n` columns: index[0..count), ascending, and the same as bits, one
 * word for each vector of columns. Both arrays have room for n; the caller's. */
struct nonzero_columns {
    size_t n, count;
    uint32_t *index;
    uint32_t *bits;
};

/* Fill `columns` from x: (rows, n), rows `stride` apart. NaN is not zero. Returns how
 * many entries of x are not zero. */
size_t nonzero_find(struct nonzero_columns *columns, const real *x, size_t stride, size_t rows,
                    size_t n);

/* to[j] = from[index[j]]; from: (n), to: (count); not the same memory. */
void nonzero_compress(const struct nonzero_columns *columns, real *to, const real *from);

/* to[index[j]] = from[j], +0 elsewhere; from: (count), to: (n); not the same memory. */
void nonzero_expand(const struct nonzero_columns *columns, real *to, const real *from);

#endif
