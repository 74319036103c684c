/* e^(z_i - z_top) of one sample, z_top the largest: softmax's numerators. The largest is 1
 * and is not in the sum of the others, so that the logarithm of the sum and the complement
 * of a probability near 1 keep all their digits. */
#ifndef LG_ACTIVATION_EXPONENTIALS_H
#define LG_ACTIVATION_EXPONENTIALS_H

#include "engine/kernel/lanes.h"
#include "engine/math/exact.h"
#include "engine/math/math.h"

enum { EXPONENTIALS_BLOCK = 8 * VIRTUAL_LANES };

struct exponentials {
    const real *z;
    size_t n, top;
    accumulator rest; /* sum of all but the largest; NaN where that is infinite */
    size_t first;     /* of the block */
    accumulator block[EXPONENTIALS_BLOCK];
};

/* Fill the block with those from `first` on; returns how many. */
static inline size_t exponentials_at(struct exponentials *e, size_t first)
{
    const size_t left = e->n - first;
    const size_t count = left < EXPONENTIALS_BLOCK ? left : EXPONENTIALS_BLOCK;
    if (first == e->first)
        return count;
    const accumulator top = (accumulator)e->z[e->top];
    accumulator
        rest[EXPONENTIALS_BLOCK]; /* what rounding takes from the difference: e^x has x times it */
    for (size_t i = 0; i < count; i++) {
        const struct twofold x = exact_sum((accumulator)e->z[first + i], -top);
        e->block[i] = x.high;
        rest[i] = where(x.high > -1e5, x.low, 0);
    }
    math_exp_all(e->block, e->block, count);
    for (size_t i = 0; i < count; i++)
        e->block[i] += e->block[i] * rest[i];
    e->first = first;
    return count;
}

static inline void exponentials_begin(struct exponentials *e, size_t n, const real *z)
{
    struct lanes lanes = {{0}};
    e->z = z;
    e->n = n;
    e->top = 0;
    e->first = n;
    for (size_t i = 1; i < n; i++)
        e->top = z[i] > z[e->top] ? i : e->top;
    for (size_t first = 0; first < n; first += EXPONENTIALS_BLOCK) {
        const size_t count = exponentials_at(e, first);
        for (size_t i = 0; i < count; i++)
            lanes.sum[i % VIRTUAL_LANES] += first + i == e->top ? 0 : e->block[i];
    }
    const accumulator top = (accumulator)z[e->top];
    e->rest = lanes_total(&lanes) + (top - top);
}

#endif
