/* The two products of a linear layer, over rows of its weight.
 *
 * A weight is stored (inputs, outputs), row-major, rows `stride` reals apart: row i holds what
 * input i contributes to every output. The forward product then runs along rows
 * (rows_accumulate), and so does the weight gradient; the input gradient runs across them
 * (rows_dot).
 *
 * Contract (docs/adr/0001, rules 2 and 4): each output is one FMA chain over ascending k,
 * and a last `+ 0` turns a -0 into +0. A term whose factor x or delta is exactly zero is
 * not part of the chain. With a finite factor that changes no bit: the term would add +0 or
 * -0, which can only change the sign of a zero partial sum, and a later term sees the same
 * value either way. A product that does not leave zeros out (gemm.h) is therefore the same
 * where its result is finite, and is computed again by these functions where it is not. */
#ifndef LG_KERNEL_ROWS_H
#define LG_KERNEL_ROWS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/base/real.h"
#include "lossgrid/path.h"

#define rows_accumulate LG_SYMBOL(rows_accumulate)
#define rows_dot        LG_SYMBOL(rows_dot)
#define rows_active     LG_SYMBOL(rows_active)
#define rows_live       LG_SYMBOL(rows_live)
#define row_is_finite   LG_SYMBOL(row_is_finite)
#define rows_paths      LG_SYMBOL(rows_paths)
#define dot_paths       LG_SYMBOL(dot_paths)

/* A sparse vector: value[j] stands at index[j], ascending, no value zero. */
struct active {
    size_t count;
    uint32_t *index;
    real *value;
};

/* out[o] = start[o] + sum over j of x.value[j] * matrix[x.index[j]][o], for o in
 * [0, n); start NULL: from 0. out: (n), may be start; matrix: rows `stride` apart. */
void rows_accumulate(real *out, const real *start, const struct active *x, const real *matrix,
                     size_t stride, size_t n);

/* out[j] = out[j] + sum over o of matrix[index[j]][o] * delta[o], for j in [0, count):
 * the chain goes on from out, so that columns may come in several calls. live: the starts of the
 * blocks of ROWS_BLOCK columns in which delta is not all zero, ascending; delta: (n). out: (count).
 */
void rows_dot(real *out, const uint32_t *index, size_t count, const real *matrix, size_t stride,
              size_t n, const real *delta, const uint32_t *live, size_t live_count);

/* The paths of rows_accumulate() for n columns and of rows_dot() for `count` rows, n
 * columns and so many live blocks (include/lossgrid/path.h). */
uint64_t rows_paths(size_t n);
uint64_t dot_paths(size_t count, size_t n, size_t live_count);

/* Columns in a block of rows_dot's live list; a multiple of every LANES. */
enum { ROWS_BLOCK = 16 };

/* The non-zero entries of x: (n); NaN is not zero. list's arrays have room for n. */
void rows_active(struct active *list, const real *x, size_t n);

/* The starts of the blocks of ROWS_BLOCK entries of x: (n) that are not all zero,
 * into live, which has room for one more than there are blocks. Returns how many. */
size_t rows_live(uint32_t *live, const real *x, size_t n);

/* True if no entry of x: (n) is NaN or infinite. */
bool row_is_finite(const real *x, size_t n);

#endif
