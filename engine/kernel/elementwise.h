/* Walk the rows of an elementwise loss: the losses give only the term. */
#ifndef LG_KERNEL_ELEMENTWISE_H
#define LG_KERNEL_ELEMENTWISE_H

#include "engine/kernel/lanes.h"

/* sum over i of term(parameter, prediction[i], target[i]), terms as `real`, added
 * in f64 over virtual lanes. term is a constant at every call and is inlined. */
static inline __attribute__((always_inline)) accumulator
elementwise_sum(real (*const term)(real parameter, real prediction, real target), real parameter,
                const real *prediction, const real *target, size_t n)
{
    enum { BLOCK = 64 };
    struct lanes lanes = {{0}};
    for (size_t first = 0; first < n; first += BLOCK) {
        real terms[BLOCK];
        const size_t count = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < count; i++)
            terms[i] = term(parameter, prediction[first + i], target[first + i]);
        lanes_add(&lanes, terms, count);
    }
    return lanes_total(&lanes);
}

#endif
