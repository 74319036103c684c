#include "harness/gradcheck/diagnosis.h"

#include <stdio.h>

struct evidence {
    const struct gradient_block *block;
    size_t size;
    const double *analytic;
    const long double *numeric;
    long double allowed;
};

static bool same(const struct evidence *e, long double a, long double b)
{
    const long double d = a - b, size = b < 0 ? -b : b;
    return (d < 0 ? -d : d) <= e->allowed + 1e-9L * size;
}

/* Every entry is the same multiple, other than 1, of what it should be. */
static bool find_factor(const struct evidence *e, double *factor)
{
    long double up = 0, down = 0;
    for (size_t i = 0; i < e->size; i++) {
        up += (long double)e->analytic[i] * e->numeric[i];
        down += e->numeric[i] * e->numeric[i];
    }
    if (down == 0)
        return false;
    for (size_t i = 0; i < e->size; i++)
        if (!same(e, (long double)e->analytic[i], up / down * e->numeric[i]))
            return false;
    *factor = (double)(up / down);
    return true;
}

static bool is_transposed(const struct evidence *e)
{
    const size_t rows = e->block->rows, columns = e->block->columns;
    for (size_t i = 0; i < e->size; i++)
        if (!same(e, (long double)e->analytic[i], e->numeric[i % rows * columns + i / rows]))
            return false;
    return rows > 1 && columns > 1;
}

/* Every entry is the one that belongs `shift` places on. */
static size_t find_shift(const struct evidence *e)
{
    for (size_t shift = 1; shift < e->size; shift++) {
        size_t i = 0;
        while (i < e->size &&
               same(e, (long double)e->analytic[i], e->numeric[(i + shift) % e->size]))
            i++;
        if (i == e->size)
            return shift;
    }
    return 0;
}

void diagnosis_make(const struct gradient_block *block, const double *analytic,
                    const long double *numeric, long double allowed, char hint[200])
{
    const struct evidence e = {block, block->rows * block->columns, analytic, numeric, allowed};
    size_t wrong[2] = {0, 0}, count = 0;
    double factor = 1;
    char a[48], b[48];
    for (size_t i = 0; i < e.size; i++)
        if (!same(&e, (long double)analytic[i], numeric[i])) {
            wrong[count < 1 ? 0 : 1] = i;
            count++;
        }
    hint[0] = '\0';
    if (count == 0)
        return;
    if (e.size > 1 && find_factor(&e, &factor)) {
        if (same(&e, (long double)factor, -1))
            snprintf(hint, 200, "every entry of the block has the wrong sign");
        else
            snprintf(hint, 200, "every entry of the block is %.6g times what it should be", factor);
    } else if (is_transposed(&e)) {
        snprintf(hint, 200, "the block is the transpose of what it should be");
    } else if (count == 2 && same(&e, (long double)analytic[wrong[0]], numeric[wrong[1]]) &&
               same(&e, (long double)analytic[wrong[1]], numeric[wrong[0]])) {
        snprintf(hint, 200, "%s and %s have changed places",
                 subject_entry_name(block, block->first + wrong[0], a),
                 subject_entry_name(block, block->first + wrong[1], b));
    } else if (e.size > 2 && find_shift(&e) > 0) {
        snprintf(hint, 200, "entries stand in the place of others, %zu further on", find_shift(&e));
    } else if (count == 1) {
        snprintf(hint, 200, "the other %zu entries of the block are right", e.size - 1);
    } else {
        snprintf(hint, 200, "%zu of the block's %zu entries are wrong", count, e.size);
    }
}
