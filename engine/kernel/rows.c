#include "engine/kernel/rows.h"

#include <assert.h>

#include "engine/kernel/simd/simd.h"

#define INLINE static inline __attribute__((always_inline))

/* Accumulators of a strip: as many as stay in registers, since long stretches of a
 * row come faster from L2. */
enum { STRIP_MAX = VEC_REGISTERS - 4 };

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

/* One copy of the strip for every width that it can have. */
static void strip_of(real *out, const real *start, const struct active *x, const real *matrix,
                     size_t stride, size_t width)
{
    switch (width) {
/* clang-format off */
#define WIDTH(count) case count: strip(out, start, x, matrix, stride, count); break;
    WIDTH(1) WIDTH(2) WIDTH(3) WIDTH(4) WIDTH(5) WIDTH(6) WIDTH(7) WIDTH(8) WIDTH(9) WIDTH(10)
    WIDTH(11) WIDTH(12)
#if VEC_HAS_32_REGISTERS
    WIDTH(13) WIDTH(14) WIDTH(15) WIDTH(16) WIDTH(17) WIDTH(18) WIDTH(19) WIDTH(20) WIDTH(21)
    WIDTH(22) WIDTH(23) WIDTH(24) WIDTH(25) WIDTH(26) WIDTH(27) WIDTH(28)
#endif
#undef WIDTH
    default: assert(false);
        /* clang-format on */
    }
}

void rows_accumulate(real *out, const real *start, const struct active *x, const real *matrix,
                     size_t stride, size_t n)
{
    /* Strips of equal width: a narrow last one would be a chain alone. */
    const size_t vectors = n / LANES, strips = (vectors + STRIP_MAX - 1) / STRIP_MAX;
    size_t done = 0;
    for (size_t s = 0; s < strips; s++) {
        const size_t width = vectors / strips + (s < vectors % strips);
        strip_of(out + done, start ? start + done : NULL, x, matrix + done, stride, width);
        done += width * LANES;
    }
    if (done < n)
        strip_edge(out + done, start ? start + done : NULL, x, matrix + done, stride, n - done);
}

uint64_t rows_paths(size_t n)
{
    return (n / LANES > STRIP_MAX ? LG_PATH_BIT(LG_PATH_ROWS_STRIPS) : 0) |
           (n % LANES ? LG_PATH_BIT(LG_PATH_ROWS_EDGE) : 0);
}

/* Groups of LANES rows that rows_dot() works on at once. A group's chain is serial:
 * others must fill its latency, and tiles of all of them stay in registers. */
enum { GROUPS = 3 };

/* VEC_COLUMNS columns, of which `width` exist; groups, and most often width, are
 * constants at the call. */
INLINE void dot_tile(vec *sum, const real *const *row, const real *delta, size_t column,
                     size_t width, const int groups)
{
    vec tile[GROUPS][LANES];
    UNROLL
    for (int g = 0; g < groups; g++) {
        if (width == VEC_COLUMNS) {
            vec_load_columns(tile[g], row + g * LANES, column);
        } else {
            UNROLL
            for (int i = 0; i < LANES; i++)
                tile[g][i] = vec_load_first(row[g * LANES + i] + column, width);
            vec_transpose(tile[g]);
        }
    }
    UNROLL
    for (int i = 0; i < VEC_COLUMNS; i++) {
        if ((size_t)i >= width)
            break;
        const vec factor = vec_set1(delta[column + (size_t)i]);
        UNROLL
        for (int g = 0; g < groups; g++)
            sum[g] = vec_fma(tile[g][i], factor, sum[g]);
    }
}

/* Up to groups * LANES rows. */
INLINE void dot_rows(real *out, const uint32_t *index, size_t count, const real *matrix,
                     size_t stride, size_t n, const real *delta, const uint32_t *live,
                     size_t live_count, const int groups)
{
    const real *row[GROUPS * LANES];
    real start[GROUPS * LANES] = {0};
    for (size_t i = 0; i < (size_t)groups * LANES; i++) /* spare lanes repeat the last row */
        row[i] = matrix + (size_t)index[i < count ? i : count - 1] * stride;
    memcpy(start, out, count * sizeof *out);
    vec sum[GROUPS];
    UNROLL
    for (int g = 0; g < groups; g++)
        sum[g] = vec_load(start + g * LANES);
    for (size_t b = 0; b < live_count; b++) {
        const size_t end = live[b] + ROWS_BLOCK < n ? live[b] + ROWS_BLOCK : n;
        size_t column = live[b];
        for (; column + VEC_COLUMNS <= end; column += VEC_COLUMNS)
            dot_tile(sum, row, delta, column, VEC_COLUMNS, groups);
        if (column < end)
            dot_tile(sum, row, delta, column, end - column, groups);
    }
    UNROLL
    for (int g = 0; g < groups; g++)
        vec_store(start + g * LANES, vec_add(sum[g], vec_zero()));
    memcpy(out, start, count * sizeof *out);
}

void rows_dot(real *out, const uint32_t *index, size_t count, const real *matrix, size_t stride,
              size_t n, const real *delta, const uint32_t *live, size_t live_count)
{
    const size_t all = (count + LANES - 1) / LANES, calls = (all + GROUPS - 1) / GROUPS;
    for (size_t call = 0, first = 0; call < calls; call++) {
        const size_t groups = all / calls + (call < all % calls);
        const size_t left = count - first, rows = left < groups * LANES ? left : groups * LANES;
        _Static_assert(GROUPS == 3, "one call for every number of groups");
        if (groups == 1)
            dot_rows(out + first, index + first, rows, matrix, stride, n, delta, live, live_count,
                     1);
        else if (groups == 2)
            dot_rows(out + first, index + first, rows, matrix, stride, n, delta, live, live_count,
                     2);
        else
            dot_rows(out + first, index + first, rows, matrix, stride, n, delta, live, live_count,
                     3);
        first += rows;
    }
}

uint64_t dot_paths(size_t count, size_t n, size_t live_count)
{
    const size_t blocks = (n + ROWS_BLOCK - 1) / ROWS_BLOCK;
    return (count > GROUPS * LANES ? LG_PATH_BIT(LG_PATH_DOT_CALLS) : 0) |
           (n % VEC_COLUMNS ? LG_PATH_BIT(LG_PATH_DOT_EDGE) : 0) |
           (live_count < blocks ? LG_PATH_BIT(LG_PATH_DOT_DEAD) : 0);
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
    for (size_t first = 0; first < n; first += LANES) {
        const size_t left = n - first;
        const vec v = left >= LANES ? vec_load(x + first) : vec_load_first(x + first, left);
        const unsigned bits = vec_nonzero(v);
        const size_t more = (size_t)__builtin_popcount(bits);
        vec_positions(list->index + count, (uint32_t)first, bits);
        vec_store_first(list->value + count, vec_compress(v, bits), more);
        count += more;
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
