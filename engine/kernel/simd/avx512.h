/* AVX-512 F, VL, DQ, BW: 16 floats or 8 doubles. */
#ifndef LG_KERNEL_SIMD_AVX512_H
#define LG_KERNEL_SIMD_AVX512_H

#include <immintrin.h>

enum { VEC_REGISTERS = 32 };
#define VEC_HAS_32_REGISTERS 1
#define VEC_HAS_FMA          1
#define VEC_HAS_COLUMNS      1
#define VEC_HAS_COMPRESS     1

#if LG_PRECISION == 32
enum { LANES = 16 };
typedef __m512 vec;
#define VEC_MASK(n) ((__mmask16)((1u << (n)) - 1u))
#define VEC_OP(op)  _mm512_##op##_ps
#else
enum { LANES = 8 };
typedef __m512d vec;
#define VEC_MASK(n) ((__mmask8)((1u << (n)) - 1u))
#define VEC_OP(op)  _mm512_##op##_pd
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
    return VEC_OP(maskz_loadu)(VEC_MASK(n), p);
}
static inline void vec_store_first(real *p, vec v, size_t n)
{
    VEC_OP(mask_storeu)(p, VEC_MASK(n), v);
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
    /* 0x99: quiet NaN, +infinity, -infinity, signalling NaN. */
#if LG_PRECISION == 32
    return _mm512_fpclass_ps_mask(v, 0x99) == 0;
#else
    return _mm512_fpclass_pd_mask(v, 0x99) == 0;
#endif
}
static inline unsigned vec_nonzero(vec v)
{
#if LG_PRECISION == 32
    return _mm512_cmp_ps_mask(v, vec_zero(), _CMP_NEQ_UQ);
#else
    return _mm512_cmp_pd_mask(v, vec_zero(), _CMP_NEQ_UQ);
#endif
}

/* The lanes of v whose bits are set, moved to the front. */
static inline vec vec_compress(vec v, unsigned bits)
{
#if LG_PRECISION == 32
    return _mm512_maskz_compress_ps((__mmask16)bits, v);
#else
    return _mm512_maskz_compress_pd((__mmask8)bits, v);
#endif
}
/* The front lanes of v, moved to where bits are set; 0 elsewhere. */
static inline vec vec_expand(vec v, unsigned bits)
{
#if LG_PRECISION == 32
    return _mm512_maskz_expand_ps((__mmask16)bits, v);
#else
    return _mm512_maskz_expand_pd((__mmask8)bits, v);
#endif
}
static inline void vec_positions(uint32_t *p, uint32_t first, unsigned bits)
{
    const unsigned count = (1u << __builtin_popcount(bits)) - 1u;
#if LG_PRECISION == 32
    const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    const __m512i at = _mm512_add_epi32(lane, _mm512_set1_epi32((int)first));
    _mm512_mask_storeu_epi32(p, (__mmask16)count, _mm512_maskz_compress_epi32((__mmask16)bits, at));
#else
    const __m256i lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    const __m256i at = _mm256_add_epi32(lane, _mm256_set1_epi32((int)first));
    _mm256_mask_storeu_epi32(p, (__mmask8)count, _mm256_maskz_compress_epi32((__mmask8)bits, at));
#endif
}

/* The first exchange is done by the loads, which leaves the shuffles a quarter less
 * to do: half a register from one row, half from another. */
#if LG_PRECISION == 32
enum { VEC_COLUMNS = 8 };
static inline vec vec_load_halves(const real *low, const real *high)
{
    return _mm512_mask_broadcast_f32x8(_mm512_castps256_ps512(_mm256_loadu_ps(low)), 0xff00,
                                       _mm256_loadu_ps(high));
}
static inline void vec_load_columns(vec tile[VEC_COLUMNS], const real *const row[LANES],
                                    size_t column)
{
    /* part[q][j]: columns j and 4 + j of rows 8q .. 8q + 7. */
    __m512 part[2][4];
    UNROLL
    for (int q = 0; q < 2; q++) {
        __m512 r[4];
        UNROLL
        for (int i = 0; i < 4; i++)
            r[i] = vec_load_halves(row[8 * q + i] + column, row[8 * q + 4 + i] + column);
        const __m512d a = _mm512_castps_pd(_mm512_unpacklo_ps(r[0], r[1]));
        const __m512d b = _mm512_castps_pd(_mm512_unpackhi_ps(r[0], r[1]));
        const __m512d c = _mm512_castps_pd(_mm512_unpacklo_ps(r[2], r[3]));
        const __m512d d = _mm512_castps_pd(_mm512_unpackhi_ps(r[2], r[3]));
        part[q][0] = _mm512_castpd_ps(_mm512_unpacklo_pd(a, c));
        part[q][1] = _mm512_castpd_ps(_mm512_unpackhi_pd(a, c));
        part[q][2] = _mm512_castpd_ps(_mm512_unpacklo_pd(b, d));
        part[q][3] = _mm512_castpd_ps(_mm512_unpackhi_pd(b, d));
    }
    UNROLL
    for (int j = 0; j < 4; j++) {
        tile[j] = _mm512_shuffle_f32x4(part[0][j], part[1][j], 0x88);
        tile[4 + j] = _mm512_shuffle_f32x4(part[0][j], part[1][j], 0xdd);
    }
}
#else
enum { VEC_COLUMNS = 4 };
static inline vec vec_load_halves(const real *low, const real *high)
{
    return _mm512_mask_broadcast_f64x4(_mm512_castpd256_pd512(_mm256_loadu_pd(low)), 0xf0,
                                       _mm256_loadu_pd(high));
}
static inline void vec_load_columns(vec tile[VEC_COLUMNS], const real *const row[LANES],
                                    size_t column)
{
    __m512d part[2][2];
    UNROLL
    for (int q = 0; q < 2; q++) {
        const __m512d a = vec_load_halves(row[4 * q] + column, row[4 * q + 2] + column);
        const __m512d b = vec_load_halves(row[4 * q + 1] + column, row[4 * q + 3] + column);
        part[q][0] = _mm512_unpacklo_pd(a, b);
        part[q][1] = _mm512_unpackhi_pd(a, b);
    }
    UNROLL
    for (int j = 0; j < 2; j++) {
        tile[j] = _mm512_shuffle_f64x2(part[0][j], part[1][j], 0x88);
        tile[2 + j] = _mm512_shuffle_f64x2(part[0][j], part[1][j], 0xdd);
    }
}
#endif

/* Swap in steps of 1, 2, 4 (and 8) rows: neighbours first, then 128-bit parts. */
static inline void vec_transpose(vec rows[LANES])
{
#if LG_PRECISION == 32
    vec t[16];
    UNROLL
    for (int i = 0; i < 16; i += 2) {
        t[i] = _mm512_unpacklo_ps(rows[i], rows[i + 1]);
        t[i + 1] = _mm512_unpackhi_ps(rows[i], rows[i + 1]);
    }
    __m512d u[16];
    UNROLL
    for (int i = 0; i < 16; i += 4) {
        for (int j = 0; j < 2; j++) {
            const __m512d low = _mm512_castps_pd(t[i + j]), high = _mm512_castps_pd(t[i + 2 + j]);
            u[i + 2 * j] = _mm512_unpacklo_pd(low, high);
            u[i + 2 * j + 1] = _mm512_unpackhi_pd(low, high);
        }
    }
    UNROLL
    for (int j = 0; j < 4; j++) {
        const vec a = _mm512_castpd_ps(u[j]), b = _mm512_castpd_ps(u[4 + j]);
        const vec c = _mm512_castpd_ps(u[8 + j]), d = _mm512_castpd_ps(u[12 + j]);
        const vec ab_even = _mm512_shuffle_f32x4(a, b, 0x88),
                  ab_odd = _mm512_shuffle_f32x4(a, b, 0xdd);
        const vec cd_even = _mm512_shuffle_f32x4(c, d, 0x88),
                  cd_odd = _mm512_shuffle_f32x4(c, d, 0xdd);
        rows[j] = _mm512_shuffle_f32x4(ab_even, cd_even, 0x88);
        rows[8 + j] = _mm512_shuffle_f32x4(ab_even, cd_even, 0xdd);
        rows[4 + j] = _mm512_shuffle_f32x4(ab_odd, cd_odd, 0x88);
        rows[12 + j] = _mm512_shuffle_f32x4(ab_odd, cd_odd, 0xdd);
    }
#else
    vec t[8];
    UNROLL
    for (int i = 0; i < 8; i += 2) {
        t[i] = _mm512_unpacklo_pd(rows[i], rows[i + 1]);
        t[i + 1] = _mm512_unpackhi_pd(rows[i], rows[i + 1]);
    }
    UNROLL
    for (int j = 0; j < 2; j++) {
        const vec ab_even = _mm512_shuffle_f64x2(t[j], t[2 + j], 0x88);
        const vec ab_odd = _mm512_shuffle_f64x2(t[j], t[2 + j], 0xdd);
        const vec cd_even = _mm512_shuffle_f64x2(t[4 + j], t[6 + j], 0x88);
        const vec cd_odd = _mm512_shuffle_f64x2(t[4 + j], t[6 + j], 0xdd);
        rows[j] = _mm512_shuffle_f64x2(ab_even, cd_even, 0x88);
        rows[4 + j] = _mm512_shuffle_f64x2(ab_even, cd_even, 0xdd);
        rows[2 + j] = _mm512_shuffle_f64x2(ab_odd, cd_odd, 0x88);
        rows[6 + j] = _mm512_shuffle_f64x2(ab_odd, cd_odd, 0xdd);
    }
#endif
}

#undef VEC_MASK
#undef VEC_OP
#endif
