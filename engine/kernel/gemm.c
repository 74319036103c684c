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
    K_BLOCK = 272,
    VECTOR_MAX = 16,
};
_Static_assert(K_BLOCK % VECTOR_MAX == 0 && (int)LANES <= VECTOR_MAX,
               "a block of k is whole vectors");
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

/* square[j]: place + j of LANES lines, for j < length. */
INLINE void load_square(vec square[LANES], const real *const line[LANES], size_t place,
                        size_t length)
{
    if (length == LANES) {
        UNROLL
        for (size_t j = 0; j < LANES; j += VEC_COLUMNS)
            vec_load_columns(square + j, line, place + j);
    } else {
        UNROLL
        for (size_t j = 0; j < LANES; j++)
            square[j] = vec_load_first(line[j] + place, length);
        vec_transpose(square);
    }
}

/* LANES lines, `depth` of which exist, k values each, in squares turned in registers;
 * to: where the first line's first value goes. */
INLINE void pack_lines(real *to, const real *const line[LANES], size_t k, size_t width,
                       const size_t depth)
{
    for (size_t i = 0; i < k; i += LANES) {
        const size_t length = smaller(k - i, LANES);
        vec square[LANES];
        load_square(square, line, i, length);
        UNROLL
        for (size_t j = 0; j < LANES; j++)
            if (j < length) {
                if (depth == LANES)
                    vec_store(to + (i + j) * width, square[j]);
                else
                    vec_store_first(to + (i + j) * width, square[j], depth);
            }
    }
}

/* The same for those of the values whose places are listed. */
static void pack_listed(real *to, const real *const line[LANES], const uint32_t *places, size_t k,
                        size_t width, size_t depth)
{
    const size_t end = (size_t)places[k - 1] + 1;
    for (size_t i = 0; i < k;) {
        const size_t place = places[i], length = smaller(end - place, LANES);
        vec square[LANES];
        real turned[LANES][LANES];
        load_square(square, line, place, length);
        UNROLL
        for (size_t j = 0; j < LANES; j++)
            vec_store(turned[j], square[j]);
        for (; i < k && places[i] < place + length; i++)
            vec_store_first(to + i * width, vec_load(turned[places[i] - place]), depth);
    }
}

/* to[i * width + r] = value i of line r, for r < width, i < k; lines from `rows` on
 * hold what they like: their results are not stored. */
static void pack_across(real *to, const struct source *from, size_t rows, size_t k, size_t width)
{
    for (size_t r = 0; r < rows; r += LANES) {
        const size_t depth = smaller(width - r, LANES);
        const real *line[LANES];
        for (size_t j = 0; j < LANES; j++) /* spare lanes repeat the last line */
            line[j] = from->values + entry(from->lines, smaller(r + j, rows - 1)) * from->by_line;
        if (from->places)
            pack_listed(to + r, line, from->places, k, width, depth);
        else if (depth == LANES)
            pack_lines(to + r, line, k, width, LANES);
        else
            pack_lines(to + r, line, k, width, depth);
    }
}

/* The same where the lines' values lie side by side. */
static void pack_along(real *to, const struct source *from, size_t rows, size_t k, size_t width)
{
    for (size_t i = 0; i < k; i++) {
        const real *line = from->values + entry(from->places, i) * from->by_k;
        for (size_t r = 0; r < rows; r += LANES) {
            const size_t depth = smaller(width - r, LANES), length = smaller(rows - r, LANES);
            const vec values =
                length == LANES ? vec_load(line + r) : vec_load_first(line + r, length);
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

/* rows and vectors are constants at every call, so that the sums are registers. */
INLINE void multiply_tile(const struct tile *t, size_t k, const real *a, const real *b,
                          const size_t rows, const size_t vectors)
{
    vec sum[TILE_ROWS][TILE_VECTORS];
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        const real *from = t->first ? t->start : t->c + r * t->c_stride;
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            sum[r][v] = from ? load_part(from, t->columns, v) : vec_zero();
    }
    for (size_t i = 0; i < k; i++) {
        vec line[TILE_VECTORS];
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            line[v] = vec_load(b + v * LANES);
        UNROLL
        for (size_t r = 0; r < rows; r++) {
            const vec factor = vec_set1(a[r]);
            UNROLL
            for (size_t v = 0; v < vectors; v++)
                sum[r][v] = vec_fma(factor, line[v], sum[r][v]);
        }
        a += rows;
        b += TILE_COLUMNS;
    }
    UNROLL
    for (size_t r = 0; r < rows; r++) {
        real *to = t->c + r * t->c_stride;
        UNROLL
        for (size_t v = 0; v < vectors; v++)
            store_part(to, t->last ? vec_add(sum[r][v], vec_zero()) : sum[r][v], t->columns, v);
    }
}

/* One copy of the tile for every number of rows that a panel can have. */
INLINE void multiply_panel(const struct tile *t, size_t k, const real *a, const real *b,
                           size_t rows, const size_t vectors)
{
    switch (rows) {
/* clang-format off */
#define ROWS(count) case count: multiply_tile(t, k, a, b, count, vectors); break;
    ROWS(1) ROWS(2) ROWS(3) ROWS(4) ROWS(5) ROWS(6)
#if VEC_HAS_32_REGISTERS
    ROWS(7) ROWS(8) ROWS(9) ROWS(10) ROWS(11) ROWS(12) ROWS(13) ROWS(14)
#endif
#undef ROWS
    default: assert(false);
        /* clang-format on */
    }
}

/* A last panel of B that is one vector wide does half the work. */
static void multiply_narrow(const struct tile *t, size_t k, const real *a, const real *b,
                            size_t rows)
{
    multiply_panel(t, k, a, b, rows, 1);
}

static void multiply_accumulator(const struct tile *t, size_t k, const real *a, const real *b,
                                 size_t rows)
{
    multiply_panel(t, k, a, b, rows, TILE_VECTORS);
}

/* The cut of a product. Panels of equal height: 128 rows are ten of 13, not nine of 14 and
 * one of 2. Blocks of k likewise, in whole vectors. */
struct cut {
    size_t panels, height, blocks, block;
};

static struct cut cut_of(size_t m, size_t k)
{
    const size_t panels = (m + TILE_ROWS - 1) / TILE_ROWS, blocks = (k + K_BLOCK - 1) / K_BLOCK;
    return (struct cut){
        .panels = panels,
        .height = (m + panels - 1) / panels,
        .blocks = blocks,
        .block = blocks > 1 ? round_up((k + blocks - 1) / blocks, VECTOR_MAX) : k,
    };
}

static struct source lines_of_left(struct gemm_operand a)
{
    return (struct source){a.values, a.by_row, a.by_column, a.rows, a.columns};
}

static struct source lines_of_right(struct gemm_operand b)
{
    return (struct source){b.values, b.by_column, b.by_row, b.columns, b.rows};
}

static uint64_t packing_paths(struct source from)
{
    const bool along = from.by_line == 1;
    uint64_t paths = LG_PATH_BIT(along ? LG_PATH_GEMM_ALONG : LG_PATH_GEMM_ACROSS);
    if (from.places)
        paths |= LG_PATH_BIT(along ? LG_PATH_GEMM_LISTED_ALONG : LG_PATH_GEMM_LISTED_ACROSS);
    return from.lines ? paths | LG_PATH_BIT(LG_PATH_GEMM_LINES) : paths;
}

uint64_t gemm_paths(size_t m, size_t n, size_t k, struct gemm_operand a, struct gemm_operand b)
{
    if (m == 0 || n == 0 || k == 0)
        return 0;
    const struct cut cut = cut_of(m, k);
    const size_t last = (n - 1) % TILE_COLUMNS + 1; /* columns of the last panel */
    uint64_t paths = packing_paths(lines_of_left(a)) | packing_paths(lines_of_right(b));
    paths |= LG_PATH_BIT(cut.blocks > 1 ? LG_PATH_GEMM_BLOCKS : LG_PATH_GEMM_ONE_BLOCK);
    if (cut.panels > 1)
        paths |= LG_PATH_BIT(LG_PATH_GEMM_PANELS);
    if (n > LANES)
        paths |= LG_PATH_BIT(LG_PATH_GEMM_WIDE);
    if (last <= LANES)
        paths |= LG_PATH_BIT(LG_PATH_GEMM_NARROW);
    return n % LANES ? paths | LG_PATH_BIT(LG_PATH_GEMM_EDGE) : paths;
}

void gemm(real *c, size_t c_stride, const real *start, size_t m, size_t n, size_t k,
          struct gemm_operand a, struct gemm_operand b, real *scratch)
{
    if (m == 0 || n == 0)
        return;
    const struct cut cut = cut_of(m, k);
    const size_t height = cut.height;
    real *packed_a = scratch, *packed_b = scratch + round_up(m, TILE_ROWS) * K_BLOCK;
    const struct source lines_of_a = lines_of_left(a), lines_of_b = lines_of_right(b);
    size_t from = 0;
    do {
        const size_t depth = smaller(k - from, cut.block);
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
                (tile.columns <= LANES ? multiply_narrow : multiply_accumulator)(
                    &tile, depth, packed_a + row * depth, packed_b, smaller(m - row, height));
            }
        }
        from += depth;
    } while (from < k);
}
