/* Plain C, one lane. On a target without FMA instructions the fused
 * multiply-add is computed exactly in software (soft_fma.h). */
#ifndef LG_KERNEL_SIMD_GENERIC_H
#define LG_KERNEL_SIMD_GENERIC_H

#include "engine/kernel/soft_fma.h"

enum { LANES = 1, VEC_REGISTERS = 16 };
#define VEC_HAS_32_REGISTERS 0
#define VEC_HAS_FMA          0
#define VEC_HAS_COLUMNS      0
#define VEC_HAS_COMPRESS     0
typedef real vec;

static inline vec vec_load(const real *p)
{
    return *p;
}
static inline void vec_store(real *p, vec v)
{
    *p = v;
}
static inline vec vec_load_first(const real *p, size_t n)
{
    return n ? *p : 0;
}
static inline void vec_store_first(real *p, vec v, size_t n)
{
    if (n)
        *p = v;
}
static inline vec vec_set1(real x)
{
    return x;
}
static inline vec vec_zero(void)
{
    return 0;
}
static inline vec vec_add(vec a, vec b)
{
    return a + b;
}
static inline vec vec_mul(vec a, vec b)
{
    return a * b;
}
static inline vec vec_div(vec a, vec b)
{
    return a / b;
}
static inline vec vec_sqrt(vec v)
{
    return real_sqrt(v);
}
static inline vec vec_fma(vec a, vec b, vec c)
{
    return exact_fma(a, b, c);
}
static inline bool vec_finite(vec v)
{
    return real_abs(v) <= REAL_MAX;
}
static inline unsigned vec_nonzero(vec v)
{
    return v != 0;
}
static inline void vec_transpose(vec rows[LANES])
{
    (void)rows;
}

#endif
