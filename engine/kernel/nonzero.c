#include "engine/kernel/nonzero.h"

#include "engine/kernel/simd/simd.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t nonzero_find(struct nonzero_columns *columns, const real *x, size_t stride, size_t rows,
                    size_t n)
{
    size_t entries = 0;
    columns->n = n;
    columns->count = 0;
    for (size_t column = 0; column < n; column += LANES) {
        const size_t width = smaller(n - column, LANES);
        unsigned any = 0;
        for (size_t r = 0; r < rows; r++) {
            const real *p = x + r * stride + column;
            const unsigned bits =
                vec_nonzero(width == LANES ? vec_load(p) : vec_load_first(p, width));
            any |= bits;
            entries += (size_t)__builtin_popcount(bits);
        }
        columns->bits[column / LANES] = any;
        vec_positions(columns->index + columns->count, (uint32_t)column, any);
        columns->count += (size_t)__builtin_popcount(any);
    }
    return entries;
}

void nonzero_compress(const struct nonzero_columns *columns, real *to, const real *from)
{
    for (size_t column = 0; column < columns->n; column += LANES) {
        const size_t width = smaller(columns->n - column, LANES);
        const unsigned bits = columns->bits[column / LANES];
        const vec v =
            width == LANES ? vec_load(from + column) : vec_load_first(from + column, width);
        const size_t count = (size_t)__builtin_popcount(bits);
        vec_store_first(to, vec_compress(v, bits), count);
        to += count;
    }
}

void nonzero_expand(const struct nonzero_columns *columns, real *to, const real *from)
{
    for (size_t column = 0; column < columns->n; column += LANES) {
        const size_t width = smaller(columns->n - column, LANES);
        const unsigned bits = columns->bits[column / LANES];
        const size_t count = (size_t)__builtin_popcount(bits);
        vec_store_first(to + column, vec_expand(vec_load_first(from, count), bits), width);
        from += count;
    }
}
