/* One vector type and a dozen operations, the only place where instruction sets
 * differ. Each <isa>.h gives, for its `vec` of LANES reals:
 *
 *   vec_load(p)  vec_store(p, v)               any alignment
 *   vec_load_first(p, n)  vec_store_first(p, v, n)
 *                          the first n <= LANES reals; the other lanes load as 0
 *   vec_set1(x)  vec_zero()
 *   vec_add  vec_mul  vec_div  vec_sqrt        IEEE, elementwise
 *   vec_fma(a, b, c)                           a * b + c, rounded once
 *   vec_finite(v)                              false when a lane is NaN or infinite
 *   vec_nonzero(v)                             bit i: lane i is not zero (NaN is not)
 *   vec_transpose(rows)                        LANES x LANES in place
 *   vec_load_columns(tile, row, c)
 *                          LANES rows, VEC_COLUMNS columns: lane i of tile[j] is
 *                          row[i][c + j]
 *   vec_compress(v, bits)  the lanes whose bits are set, moved to the front
 *   vec_expand(v, bits)    front lanes to where bits are set, 0 elsewhere
 *   vec_positions(p, first, bits)
 *                          first + i for each set bit i, ascending, to p
 *   VEC_REGISTERS                              architectural vector registers
 *   VEC_HAS_FMA            0: vec_fma() is exact_fma() of engine/kernel/soft_fma.h
 *
 * Every operation has one right result, so every header gives the same bits. */
#ifndef LG_KERNEL_SIMD_H
#define LG_KERNEL_SIMD_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "engine/base/real.h"

/* Before a loop over registers: its count is a constant, unroll it whole. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 32")
#endif

/* The header of this copy, by its name. */
#define SIMD_TEXT(path) #path
/* clang-format off */
#define SIMD_HEADER(isa) SIMD_TEXT(engine/kernel/simd/isa.h)
/* clang-format on */
#include SIMD_HEADER(LG_ISA)

/* The operations that most instruction sets have no instruction for. */
#if !VEC_HAS_COLUMNS
enum { VEC_COLUMNS = LANES };
static inline void vec_load_columns(vec tile[LANES], const real *const row[LANES], size_t column)
{
    UNROLL
    for (int i = 0; i < LANES; i++)
        tile[i] = vec_load(row[i] + column);
    vec_transpose(tile);
}
#endif
#if !VEC_HAS_COMPRESS
static inline vec vec_compress(vec v, unsigned bits)
{
    real from[LANES], to[LANES] = {0};
    vec_store(from, v);
    for (size_t count = 0; bits; bits &= bits - 1)
        to[count++] = from[__builtin_ctz(bits)];
    return vec_load(to);
}
static inline vec vec_expand(vec v, unsigned bits)
{
    real from[LANES], to[LANES] = {0};
    vec_store(from, v);
    for (size_t count = 0; bits; bits &= bits - 1)
        to[__builtin_ctz(bits)] = from[count++]; /* NOLINT: vec_store() set all of it */
    return vec_load(to);
}
static inline void vec_positions(uint32_t *p, uint32_t first, unsigned bits)
{
    for (; bits; bits &= bits - 1)
        *p++ = first + (uint32_t)__builtin_ctz(bits);
}
#endif

#endif
