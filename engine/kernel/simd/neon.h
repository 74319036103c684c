/* AArch64 Advanced SIMD: 4 floats or 2 doubles. */
#ifndef LG_KERNEL_SIMD_NEON_H
#define LG_KERNEL_SIMD_NEON_H

#include <arm_neon.h>

enum { VEC_REGISTERS = 32 };
#define VEC_HAS_32_REGISTERS 1
#define VEC_HAS_FMA          1
#define VEC_HAS_COLUMNS      0
#define VEC_HAS_COMPRESS     0

#if LG_PRECISION == 32
enum { LANES = 4 };
typedef float32x4_t vec;
#define VEC_OP(op) op##_f32
#else
enum { LANES = 2 };
typedef float64x2_t vec;
#define VEC_OP(op) op##_f64
#endif

static inline vec vec_load(const real *p)
{
    return VEC_OP(vld1q)(p);
}
static inline void vec_store(real *p, vec v)
{
    VEC_OP(vst1q)(p, v);
}
static inline vec vec_load_first(const real *p, size_t n)
{
    real lanes[LANES] = {0};
    memcpy(lanes, p, n * sizeof *p);
    return vec_load(lanes);
}
static inline void vec_store_first(real *p, vec v, size_t n)
{
    real lanes[LANES];
    vec_store(lanes, v);
    memcpy(p, lanes, n * sizeof *p);
}
static inline vec vec_set1(real x)
{
    return VEC_OP(vdupq_n)(x);
}
static inline vec vec_zero(void)
{
    return vec_set1(0);
}
static inline vec vec_add(vec a, vec b)
{
    return VEC_OP(vaddq)(a, b);
}
static inline vec vec_mul(vec a, vec b)
{
    return VEC_OP(vmulq)(a, b);
}
static inline vec vec_div(vec a, vec b)
{
    return VEC_OP(vdivq)(a, b);
}
static inline vec vec_sqrt(vec v)
{
    return VEC_OP(vsqrtq)(v);
}
static inline vec vec_fma(vec a, vec b, vec c)
{
    return VEC_OP(vfmaq)(c, a, b);
}
static inline bool vec_finite(vec v)
{
    real lanes[LANES];
    vec_store(lanes, v);
    bool finite = true;
    for (int i = 0; i < LANES; i++)
        finite &= real_abs(lanes[i]) <= REAL_MAX;
    return finite;
}
static inline unsigned vec_nonzero(vec v)
{
    real lanes[LANES];
    vec_store(lanes, v);
    unsigned mask = 0;
    for (int i = 0; i < LANES; i++)
        mask |= (unsigned)(lanes[i] != 0) << i;
    return mask;
}

static inline void vec_transpose(vec rows[LANES])
{
#if LG_PRECISION == 32
    const float32x4_t a = vtrn1q_f32(rows[0], rows[1]), b = vtrn2q_f32(rows[0], rows[1]);
    const float32x4_t c = vtrn1q_f32(rows[2], rows[3]), d = vtrn2q_f32(rows[2], rows[3]);
    rows[0] = vcombine_f32(vget_low_f32(a), vget_low_f32(c));
    rows[1] = vcombine_f32(vget_low_f32(b), vget_low_f32(d));
    rows[2] = vcombine_f32(vget_high_f32(a), vget_high_f32(c));
    rows[3] = vcombine_f32(vget_high_f32(b), vget_high_f32(d));
#else
    const vec low = vtrn1q_f64(rows[0], rows[1]), high = vtrn2q_f64(rows[0], rows[1]);
    rows[0] = low;
    rows[1] = high;
#endif
}

#undef VEC_OP
#endif
