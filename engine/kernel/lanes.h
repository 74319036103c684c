/* Sums in f64 over 16 virtual lanes: term i goes to lane i mod 16, and a fixed
 * tree adds the lanes, on every instruction set (docs/adr/0001, rule 3). */
#ifndef LG_KERNEL_LANES_H
#define LG_KERNEL_LANES_H

#include <stddef.h>

#include "engine/base/real.h"

enum { VIRTUAL_LANES = 16 };

struct lanes {
    accumulator sum[VIRTUAL_LANES];
};

/* Add terms[0..n). n is a multiple of 16 in every call but the last. */
static inline void lanes_add(struct lanes *lanes, const real *terms, size_t n)
{
    size_t i = 0;
    for (; i + VIRTUAL_LANES <= n; i += VIRTUAL_LANES)
        for (size_t lane = 0; lane < VIRTUAL_LANES; lane++)
            lanes->sum[lane] += (accumulator)terms[i + lane];
    for (size_t lane = 0; i + lane < n; lane++)
        lanes->sum[lane] += (accumulator)terms[i + lane];
}

/* The sum of all lanes: halves are added onto each other until one is left. */
static inline accumulator lanes_total(const struct lanes *lanes)
{
    accumulator sum[VIRTUAL_LANES];
    for (size_t lane = 0; lane < VIRTUAL_LANES; lane++)
        sum[lane] = lanes->sum[lane];
    for (size_t half = VIRTUAL_LANES / 2; half > 0; half /= 2)
        for (size_t lane = 0; lane < half; lane++)
            sum[lane] += sum[lane + half];
    return sum[0];
}

#endif
