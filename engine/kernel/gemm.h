/* C = A B, or C = start + A B, for matrices with enough work to pay for packing.
 *
 * The same contract as engine/kernel/rows.h: every output is one FMA chain over
 * ascending k from its start, and a last `+ 0`. Operands are packed into panels
 * that the inner loop reads in order; the k dimension is cut into blocks, and a
 * later block loads the partial sums that the one before stored, so that cutting
 * changes nothing. No term is left out: where a zero meets a factor that is not
 * finite, the result is NaN (see rows.h for what callers do then). */
#ifndef LG_KERNEL_GEMM_H
#define LG_KERNEL_GEMM_H

#include <stddef.h>
#include <stdint.h>

#include "engine/base/real.h"
#include "lossgrid/path.h"

#define gemm               LG_SYMBOL(gemm)
#define gemm_scratch_reals LG_SYMBOL(gemm_scratch_reals)
#define gemm_paths         LG_SYMBOL(gemm_paths)

/* A matrix as it lies: element (row, column) at values[row * by_row + column *
 * by_column]; one of the two steps is 1. With lists, row and column are numbers of
 * entries of ascending lists, and the matrix is those rows and columns of a larger
 * one; NULL: all, in order. */
struct gemm_operand {
    const real *values;
    size_t by_row, by_column;
    const uint32_t *rows, *columns;
};

/* c: (m, n), rows c_stride apart. start: (n), the same for every row, or NULL for
 * 0. a: (m, k); b: (k, n); a list of a's rows or of b's columns only where the step
 * along k is 1. scratch: gemm_scratch_reals() reals, 64-byte aligned. */
void gemm(real *c, size_t c_stride, const real *start, size_t m, size_t n, size_t k,
          struct gemm_operand a, struct gemm_operand b, real *scratch);

/* The paths that a product of these sizes and operands takes (include/lossgrid/path.h). */
uint64_t gemm_paths(size_t m, size_t n, size_t k, struct gemm_operand a, struct gemm_operand b);

/* Work space for products of up to m rows, any n and k. */
size_t gemm_scratch_reals(size_t m);

#endif
