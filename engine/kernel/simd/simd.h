/* One vector type and a dozen operations, the only place where instruction sets
 * differ. Each <isa>.h gives, for its `vec` of LANES reals:
 *
 *   vec_load(p)  vec_store(p, v)               any alignment
 *   vec_load_first(p, n)  vec_store_first(p, v, n)
 *                          the first n < LANES reals; the other lanes load as 0
 *   vec_set1(x)  vec_zero()
 *   vec_add  vec_mul                           IEEE, elementwise
 *   vec_fma(a, b, c)                           a * b + c, rounded once
 *   vec_finite(v)                              false when a lane is NaN or infinite
 *   vec_nonzero(v)                             bit i: lane i is not zero (NaN is not)
 *   vec_transpose(rows)                        LANES x LANES in place
 *   VEC_REGISTERS                              architectural vector registers
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
#define UNROLL _Pragma("GCC unroll 16")
#endif

#if defined(LG_ISA_avx512)
#include "engine/kernel/simd/avx512.h"
#elif defined(LG_ISA_avx2)
#include "engine/kernel/simd/avx2.h"
#elif defined(LG_ISA_neon)
#include "engine/kernel/simd/neon.h"
#else
#include "engine/kernel/simd/generic.h"
#endif

#endif
