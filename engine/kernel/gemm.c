#include "engine/kernel/gemm.h"

#include <assert.h>
#include <stdbool.h>

#include "engine/kernel/simd/simd.h"

#define INLINE static inline __attribute__((always_inline))

/* A tile of C is up to TILE_ROWS x TILE_VECTORS accumulators; with one row of B and
 * a broadcast they fill the registers. K_BLOCK keeps a panel of B within L1. */
enum {
    TILE_VECTORS = 2,
    TILE_ROWS = (VEC_REGISTERS - TILE_VECTORS - 1) / TILE_VECTORS,
    TILE_COLUMNS = TILE_VECTORS * LANES,
    K_BLOCK = 256,
};
_Static_assert(TILE_ROWS == 6 || TILE_ROWS == 14, "multiply_panel() lists the row counts");

static size_t round_up(size_t count, size_t unit)
{
    return (count + unit - 1) / unit * unit;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t gemm_scratch_reals(size_t m)
{
    return (round_up(m, TILE_ROWS) + TILE_COLUMNS) * K_BLOCK;
}

/* An operand seen from its panel: `rows` lines of k values each. Line r, value i
 * stands at values[line r * by_line + place i * by_k]; one of the steps is 1. */
struct source {
    const real *values;
    size_t by_line, by_k;
    const uint32_t *lines, *places; /* lists, or NULL */
};

static size_t entry(const uint32_t *list, size_t i)
{
    return list ? list[i] : i;
}

/* Squares of LANES x LANES are turned in registers: lines r.. of the panel, places
 * [place, place + LANES) of memory, those of them that are in the list from *i on. */
static void pack_square(real *to, const struct source *from, size_t r, size_t rows, size_t width,
                        size_t place, size_t end, size_t *i, size_t k)
{
    const size_t depth = smaller(width - r, LANES), length = smaller(end - place, LANES);
    vec square[LANES];
    const real *line[LANES];
    UNROLL
    for (size_t j = 0; j < LANES; j++) /* spare lanes repeat the last line */
        line[j] = from->values + entry(from->lines, smaller(r + j, rows - 1)) * from->by_line;
    UNROLL
    for (size_t j = 0; j < LANES; j += VEC_COLUMNS)
        if (length == LANES)
            vec_load_columns(square + j, line, place + j);
    if (length < LANES) {
        UNROLL
        for (size_t j = 0; j < LANES; j++)
            square[j] = vec_load_first(line[j] + place, length);
        vec_transpose(square);
    }
    if (!from->places && length == LANES && depth == LANES) {
        UNROLL
        for (size_t j = 0; j < LANES; j++)
            vec_store(to + (*i + j) * width + r, square[j]);
        *i += LANES;
        return;
    }
    real turned[LANES][LANES];
    UNROLL
    for (size_t j = 0; j < LANES; j++)
        vec_store(turned[j], square[j]);
    for (; *i < k && entry(from->places, *i) < place + length; (*i)++)
        vec_store_first(to + *i * width + r, vec_load(turned[entry(from->places, *i) - place]),
                        depth);
}

/* to[i * width + r] = value i of line r, for r < width, i < k; lines from `rows` on
 * hold what they like: their results are not stored. */
static void pack_across(real *to, const struct source *from, size_t rows, size_t k, size_t width)
{
    const size_t first = entry(from->places, 0), end = entry(from->places, k - 1) + 1;
    for (size_t r = 0; r < width; r += LANES) {
        if (r >= rows) {
            for (size_t i = 0; i < k; i++)
                vec_store_first(to + i * width + r, vec_zero(), smaller(width - r, LANES));
            continue;
        }
        size_t i = 0;
        for (size_t place = first; i < k; place += LANES) {
            if (from->places && entry(from->places, i) >= place + LANES)
                continue;
            pack_square(to, from, r, rows, width, place, end, &i, k);
        }
    }
}

/* The same where the lines' values lie side by side. */
static void pack_along(real *to, const struct source *from, size_t rows, size_t k, size_t width)
{
    for (size_t i = 0; i < k; i++) {
        const real *line = from->values + entry(from->places, i) * from->by_k;
        for (size_t r = 0; r < width; r += LANES) {
            const size_t depth = smaller(width - r, LANES);
            const size_t length = rows > r ? smaller(rows - r, LANES) : 0;
            const vec values = length == LANES ? vec_load(line + r)
                               : length        ? vec_load_first(line + r, length)
                                               : vec_zero();
            if (depth == LANES)
                vec_store(to + i * width + r, values);
            else
                vec_store_first(to + i * width + r, values, depth);
        }
    }
}

/* Lines [line, line + rows) and k values from `place` on. */
static void pack(real *to, struct source from, size_t line, size_t place, size_t rows, size_t k,
                 size_t width)
{
    if (k == 0)
        return;
    if (from.lines)
        from.lines += line;
    else
        from.values += line * from.by_line;
    if (from.places)
        from.places += place;
    else
        from.values += place * from.by_k;
    assert(from.by_line != 1 || !from.lines);
    (from.by_line == 1 ? pack_along : pack_across)(to, &from, rows, k, width);
}

/* A tile of C over one block of k; `columns` of its TILE_COLUMNS exist. */
struct tile {
    real *c;
    size_t c_stride, columns;
    const real *start; /* (columns), or NULL */
    bool first, last;  /* whether this is the first, the last block of k */
};

INLINE vec load_part(const real *p, size_t columns, size_t v)
{
    const size_t from = v * LANES;
    if (columns >= from + LANES)
        return vec_load(p + from);
    return columns > from ? vec_load_first(p + from, columns - from) : vec_zero();
}

INLINE void store_part(real *p, vec x, size_t columns, size_t v)
{
    const size_t from = v * LANES;
    if (columns >= from + LANES)
        vec_store(p + from, x);
    else if (columns > from)
        vec_store_first(p + from, x, columns - from);
}

/* `rows` is a constant at every call, so that the sums are registers. */
INLINE void multiply_tile(const struct tile *t, size_t k, const real *a, const real *b,
                          const size_t rows)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        const real *from = t->first ? t->start : t->c + r * t->c_stride;
        UNROLL
        for (size_t v = 0; v < TILE_VECTORS; v++)
            sum[r][v] = from ? load_part(from, t->columns, v) : vec_zero();
    }
    for (size_t i = 0; i < k; i++) {
        vec line[TILE_VECTORS];
        UNROLL
        for (size_t v = 0; v < TILE_VECTORS; v++)
            line[v] = vec_load(b + v * LANES);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            const vec factor = vec_set1(a[r]);
            UNROLL
            for (size_t v = 0; v < TILE_VECTORS; v++)
                sum[r][v] = vec_fma(factor, line[v], sum[r][v]);
        }
        a += rows;
        b += TILE_COLUMNS;
    }
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        real *to = t->c + r * t->c_stride;
        UNROLL
        for (size_t v = 0; v < TILE_VECTORS; v++)
            store_part(to, t->last ? vec_add(sum[r][v], vec_zero()) : sum[r][v], t->columns, v);
    }
}

/* One copy of the tile for every number of rows that a panel can have. */
static void multiply_panel(const struct tile *t, size_t k, const real *a, const real *b,
                           size_t rows)
{
    switch (rows) {
    case 1:
        multiply_tile(t, k, a, b, 1);
        break;
    case 2:
        multiply_tile(t, k, a, b, 2);
        break;
    case 3:
        multiply_tile(t, k, a, b, 3);
        break;
    case 4:
        multiply_tile(t, k, a, b, 4);
        break;
    case 5:
        multiply_tile(t, k, a, b, 5);
        break;
    case 6:
        multiply_tile(t, k, a, b, 6);
        break;
#if VEC_HAS_32_REGISTERS
    case 7:
        multiply_tile(t, k, a, b, 7);
        break;
    case 8:
        multiply_tile(t, k, a, b, 8);
        break;
    case 9:
        multiply_tile(t, k, a, b, 9);
        break;
    case 10:
        multiply_tile(t, k, a, b, 10);
        break;
    case 11:
        multiply_tile(t, k, a, b, 11);
        break;
    case 12:
        multiply_tile(t, k, a, b, 12);
        break;
    case 13:
        multiply_tile(t, k, a, b, 13);
        break;
    case 14:
        multiply_tile(t, k, a, b, 14);
        break;
#endif
    default:
        assert(false);
    }
}

void gemm(real *c, size_t c_stride, const real *start, size_t m, size_t n, size_t k,
          struct gemm_operand a, struct gemm_operand b, real *scratch)
{
    if (m == 0 || n == 0)
        return;
    /* Panels of equal height: 128 rows are ten of 13, not nine of 14 and one of 2. */
    const size_t panels = (m + TILE_ROWS - 1) / TILE_ROWS, height = (m + panels - 1) / panels;
    real *packed_a = scratch, *packed_b = scratch + round_up(m, TILE_ROWS) * K_BLOCK;
    const struct source lines_of_a = {a.values, a.by_row, a.by_column, a.rows, a.columns};
    const struct source lines_of_b = {b.values, b.by_column, b.by_row, b.columns, b.rows};
    size_t from = 0;
    do {
        const size_t depth = smaller(k - from, K_BLOCK);
        for (size_t row = 0; row < m; row += height)
            pack(packed_a + row * depth, lines_of_a, row, from, smaller(m - row, height), depth,
                 smaller(m - row, height));
        for (size_t column = 0; column < n; column += TILE_COLUMNS) {
            struct tile tile = {
                .c_stride = c_stride,
                .columns = smaller(n - column, TILE_COLUMNS),
                .start = start ? start + column : NULL,
                .first = from == 0,
                .last = from + depth >= k,
            };
            pack(packed_b, lines_of_b, column, from, tile.columns, depth, TILE_COLUMNS);
            for (size_t row = 0; row < m; row += height) {
                tile.c = c + row * c_stride + column;
                multiply_panel(&tile, depth, packed_a + row * depth, packed_b,
                               smaller(m - row, height));
            }
        }
        from += depth;
    } while (from < k);
}
