#include "engine/kernel/kept.h"

#include "engine/kernel/simd/simd.h"

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

size_t kept_find(struct kept *kept, const real *x, size_t stride, size_t rows, size_t n)
{
    size_t nonzero = 0;
    kept->n = n;
    kept->count = 0;
    for (size_t column = 0; column < n; column += LANES) {
        const size_t width = smaller(n - column, LANES);
        unsigned any = 0;
        for (size_t r = 0; r < rows; r++) {
            const real *p = x + r * stride + column;
            const unsigned bits =
                vec_nonzero(width == LANES ? vec_load(p) : vec_load_first(p, width));
            any |= bits;
            nonzero += (size_t)__builtin_popcount(bits);
        }
        kept->bits[column / LANES] = any;
        vec_positions(kept->index + kept->count, (uint32_t)column, any);
        kept->count += (size_t)__builtin_popcount(any);
    }
    return nonzero;
}

void kept_compress(const struct kept *kept, real *to, const real *from)
{
    for (size_t column = 0; column < kept->n; column += LANES) {
        const size_t width = smaller(kept->n - column, LANES);
        const unsigned bits = kept->bits[column / LANES];
        const vec v =
            width == LANES ? vec_load(from + column) : vec_load_first(from + column, width);
        const size_t count = (size_t)__builtin_popcount(bits);
        vec_store_first(to, vec_compress(v, bits), count);
        to += count;
    }
}

void kept_expand(const struct kept *kept, real *to, const real *from)
{
    for (size_t column = 0; column < kept->n; column += LANES) {
        const size_t width = smaller(kept->n - column, LANES);
        const unsigned bits = kept->bits[column / LANES];
        const size_t count = (size_t)__builtin_popcount(bits);
        vec_store_first(to + column, vec_expand(vec_load_first(from, count), bits), width);
        from += count;
    }
}
