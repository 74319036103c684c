#include "engine/kernel/rows.h"

#include "engine/kernel/simd/simd.h"

#define INLINE static inline __attribute__((always_inline))

/* Accumulators of a strip: enough chains to hide the FMA's latency, few enough to
 * stay in registers. */
enum { STRIP_MAX = VEC_REGISTERS / 2 };

/* rows_accumulate() for `width` vectors of columns; width is a constant at every
 * call, so that the accumulators are registers. */
INLINE void strip(real *out, const real *start, const struct active *x, const real *matrix,
                  size_t stride, const int width)
{
    vec sum[STRIP_MAX];
    UNROLL
    for (int v = 0; v < width; v++)
        sum[v] = start ? vec_load(start + v * LANES) : vec_zero();
    for (size_t j = 0; j < x->count; j++) {
        const real *row = matrix + (size_t)x->index[j] * stride;
        const vec factor = vec_set1(x->value[j]);
        UNROLL
        for (int v = 0; v < width; v++)
            sum[v] = vec_fma(factor, vec_load(row + v * LANES), sum[v]);
    }
    UNROLL
    for (int v = 0; v < width; v++)
        vec_store(out + v * LANES, vec_add(sum[v], vec_zero()));
}

/* The last n < LANES columns. */
INLINE void strip_edge(real *out, const real *start, const struct active *x, const real *matrix,
                       size_t stride, size_t n)
{
    vec sum = start ? vec_load_first(start, n) : vec_zero();
    for (size_t j = 0; j < x->count; j++)
        sum = vec_fma(vec_set1(x->value[j]),
                      vec_load_first(matrix + (size_t)x->index[j] * stride, n), sum);
    vec_store_first(out, vec_add(sum, vec_zero()), n);
}

void rows_accumulate(real *out, const real *start, const struct active *x, const real *matrix,
                     size_t stride, size_t n)
{
    size_t done = 0, vectors = n / LANES;
    while (vectors > 0) {
        const real *from = start ? start + done : NULL;
        size_t width = 1;
        if (vectors >= STRIP_MAX) {
            strip(out + done, from, x, matrix + done, stride, STRIP_MAX);
            width = STRIP_MAX;
        } else if (vectors >= 4) {
            strip(out + done, from, x, matrix + done, stride, 4);
            width = 4;
        } else {
            strip(out + done, from, x, matrix + done, stride, 1);
        }
        done += width * LANES;
        vectors -= width;
    }
    if (done < n)
        strip_edge(out + done, start ? start + done : NULL, x, matrix + done, stride, n - done);
}

/* Groups of LANES rows that rows_dot() works on at once. A group's chain is serial:
 * with few lanes a block is short, and others must fill its latency. */
enum { GROUPS = LANES >= 16 ? 1 : LANES >= 8 ? 2 : 4 };

INLINE void dot_block(vec sum[GROUPS], const real *const row[GROUPS * LANES], const real *delta,
                      size_t column, size_t n)
{
    const size_t width = n - column < LANES ? n - column : LANES;
    UNROLL
    for (int g = 0; g < GROUPS; g++) {
        vec tile[LANES];
        UNROLL
        for (int i = 0; i < LANES; i++) {
            const real *p = row[g * LANES + i] + column;
            tile[i] = width == LANES ? vec_load(p) : vec_load_first(p, width);
        }
        vec_transpose(tile);
        UNROLL
        for (int i = 0; i < LANES; i++)
            if ((size_t)i < width)
                sum[g] = vec_fma(tile[i], vec_set1(delta[column + (size_t)i]), sum[g]);
    }
}

void rows_dot(real *out, const uint32_t *index, size_t count, const real *matrix, size_t stride,
              size_t n, const real *delta, const uint32_t *live, size_t live_count)
{
    for (size_t first = 0; first < count; first += GROUPS * LANES) {
        const size_t left = count - first;
        const size_t rows = left < GROUPS * LANES ? left : GROUPS * LANES;
        const real *row[GROUPS * LANES];
        for (size_t i = 0; i < GROUPS * LANES; i++) /* spare lanes repeat the last row */
            row[i] = matrix + (size_t)index[first + (i < rows ? i : rows - 1)] * stride;
        vec sum[GROUPS];
        for (int g = 0; g < GROUPS; g++)
            sum[g] = vec_zero();
        for (size_t b = 0; b < live_count; b++)
            for (size_t column = live[b]; column < live[b] + ROWS_BLOCK && column < n;
                 column += LANES)
                dot_block(sum, row, delta, column, n);
        real result[GROUPS * LANES];
        for (int g = 0; g < GROUPS; g++)
            vec_store(result + g * LANES, vec_add(sum[g], vec_zero()));
        memcpy(out + first, result, rows * sizeof *out);
    }
}

/* Bits of x[0..n) that are not zero; n <= LANES. */
INLINE unsigned nonzero_bits(const real *x, size_t n)
{
    return vec_nonzero(n >= LANES ? vec_load(x) : vec_load_first(x, n));
}

size_t rows_live(uint32_t *live, const real *x, size_t n)
{
    size_t count = 0;
    for (size_t column = 0; column < n; column += ROWS_BLOCK) {
        unsigned any = 0;
        for (size_t i = column; i < column + ROWS_BLOCK && i < n; i += LANES)
            any |= nonzero_bits(x + i, n - i);
        live[count] = (uint32_t)column;
        count += any != 0;
    }
    return count;
}

void rows_active(struct active *list, const real *x, size_t n)
{
    size_t count = 0;
    for (size_t first = 0; first < n; first += LANES)
        for (unsigned bits = nonzero_bits(x + first, n - first); bits; bits &= bits - 1) {
            const size_t i = first + (size_t)__builtin_ctz(bits);
            list->index[count] = (uint32_t)i;
            list->value[count++] = x[i];
        }
    list->count = count;
}

bool row_is_finite(const real *x, size_t n)
{
    bool finite = true;
    size_t i = 0;
    for (; i + LANES <= n; i += LANES)
        finite &= vec_finite(vec_load(x + i));
    if (i < n)
        finite &= vec_finite(vec_load_first(x + i, n - i));
    return finite;
}
