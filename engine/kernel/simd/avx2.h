/* AVX2 with FMA: 8 floats or 4 doubles. */
#ifndef LG_KERNEL_SIMD_AVX2_H
#define LG_KERNEL_SIMD_AVX2_H

#include <immintrin.h>

enum { VEC_REGISTERS = 16 };
#define VEC_HAS_32_REGISTERS 0
#define VEC_HAS_FMA          1
#define VEC_HAS_COLUMNS      1
#define VEC_HAS_COMPRESS     0

#if LG_PRECISION == 32
enum { LANES = 8 };
typedef __m256 vec;
#define VEC_OP(op) _mm256_##op##_ps
static inline __m256i vec_mask(size_t n)
{
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
#else
enum { LANES = 4 };
typedef __m256d vec;
#define VEC_OP(op) _mm256_##op##_pd
static inline __m256i vec_mask(size_t n)
{
    return _mm256_cmpgt_epi64(_mm256_set1_epi64x((long long)n), _mm256_setr_epi64x(0, 1, 2, 3));
}
#endif

static inline vec vec_load(const real *p)
{
    return VEC_OP(loadu)(p);
}
static inline void vec_store(real *p, vec v)
{
    VEC_OP(storeu)(p, v);
}
static inline vec vec_load_first(const real *p, size_t n)
{
    return VEC_OP(maskload)(p, vec_mask(n));
}
static inline void vec_store_first(real *p, vec v, size_t n)
{
    VEC_OP(maskstore)(p, vec_mask(n), v);
}
static inline vec vec_set1(real x)
{
    return VEC_OP(set1)(x);
}
static inline vec vec_zero(void)
{
    return VEC_OP(set1)(0);
}
static inline vec vec_add(vec a, vec b)
{
    return VEC_OP(add)(a, b);
}
static inline vec vec_mul(vec a, vec b)
{
    return VEC_OP(mul)(a, b);
}
static inline vec vec_div(vec a, vec b)
{
    return VEC_OP(div)(a, b);
}
static inline vec vec_sqrt(vec v)
{
    return VEC_OP(sqrt)(v);
}
static inline vec vec_fma(vec a, vec b, vec c)
{
    return VEC_OP(fmadd)(a, b, c);
}
static inline bool vec_finite(vec v)
{
    const vec magnitude = VEC_OP(andnot)(VEC_OP(set1)((real)-0.0), v);
    return VEC_OP(movemask)(VEC_OP(cmp)(magnitude, VEC_OP(set1)(REAL_MAX), _CMP_NLE_UQ)) == 0;
}
static inline unsigned vec_nonzero(vec v)
{
    return (unsigned)VEC_OP(movemask)(VEC_OP(cmp)(v, vec_zero(), _CMP_NEQ_UQ));
}

/* Half a register from one row, half from another. */
#if LG_PRECISION == 32
enum { VEC_COLUMNS = 4 };
static inline void vec_load_columns(vec tile[VEC_COLUMNS], const real *const row[LANES],
                                    size_t column)
{
    vec r[4];
    UNROLL
    for (int i = 0; i < 4; i++)
        r[i] = _mm256_insertf128_ps(_mm256_castps128_ps256(_mm_loadu_ps(row[i] + column)),
                                    _mm_loadu_ps(row[4 + i] + column), 1);
    const vec a = _mm256_unpacklo_ps(r[0], r[1]), b = _mm256_unpackhi_ps(r[0], r[1]);
    const vec c = _mm256_unpacklo_ps(r[2], r[3]), d = _mm256_unpackhi_ps(r[2], r[3]);
    tile[0] = _mm256_shuffle_ps(a, c, 0x44);
    tile[1] = _mm256_shuffle_ps(a, c, 0xee);
    tile[2] = _mm256_shuffle_ps(b, d, 0x44);
    tile[3] = _mm256_shuffle_ps(b, d, 0xee);
}
#else
enum { VEC_COLUMNS = 2 };
static inline void vec_load_columns(vec tile[VEC_COLUMNS], const real *const row[LANES],
                                    size_t column)
{
    vec r[2];
    UNROLL
    for (int i = 0; i < 2; i++)
        r[i] = _mm256_insertf128_pd(_mm256_castpd128_pd256(_mm_loadu_pd(row[i] + column)),
                                    _mm_loadu_pd(row[2 + i] + column), 1);
    tile[0] = _mm256_unpacklo_pd(r[0], r[1]);
    tile[1] = _mm256_unpackhi_pd(r[0], r[1]);
}
#endif

static inline void vec_transpose(vec rows[LANES])
{
#if LG_PRECISION == 32
    vec t[8];
    UNROLL
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm256_unpacklo_ps(rows[i], rows[i + 1]);
        t[i + 1] = _mm256_unpackhi_ps(rows[i], rows[i + 1]);
    }
    vec u[8];
    UNROLL
    for (int i = 0; i < 8; i += 4) {
        for (int j = 0; j < 2; j++) {
            u[i + 2 * j] = _mm256_shuffle_ps(t[i + j], t[i + 2 + j], 0x44);
            u[i + 2 * j + 1] = _mm256_shuffle_ps(t[i + j], t[i + 2 + j], 0xee);
        }
    }
    UNROLL
    for (int j = 0; j < 4; j++) {
        rows[j] = _mm256_permute2f128_ps(u[j], u[4 + j], 0x20);
        rows[4 + j] = _mm256_permute2f128_ps(u[j], u[4 + j], 0x31);
    }
#else
    const vec a = _mm256_unpacklo_pd(rows[0], rows[1]), b = _mm256_unpackhi_pd(rows[0], rows[1]);
    const vec c = _mm256_unpacklo_pd(rows[2], rows[3]), d = _mm256_unpackhi_pd(rows[2], rows[3]);
    rows[0] = _mm256_permute2f128_pd(a, c, 0x20);
    rows[1] = _mm256_permute2f128_pd(b, d, 0x20);
    rows[2] = _mm256_permute2f128_pd(a, c, 0x31);
    rows[3] = _mm256_permute2f128_pd(b, d, 0x31);
#endif
}

#undef VEC_OP
#endif
