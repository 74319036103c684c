/* Sums along one sample, for the losses whose samples are no sum of independent
 * entries. All arithmetic on a sample is in f64, so that f32 neither overflows nor
 * cancels where f64 does not. */
#ifndef LG_LOSS_ROW_H
#define LG_LOSS_ROW_H

#include "engine/kernel/lanes.h"

/* sum over i < n of term(of, i), over virtual lanes. term is a constant at every call
 * and is inlined. */
static inline __attribute__((always_inline)) accumulator
row_sum(accumulator (*const term)(const void *of, size_t i), const void *of, size_t n)
{
    struct lanes lanes = {{0}};
    size_t i = 0;
    for (; i + VIRTUAL_LANES <= n; i += VIRTUAL_LANES)
        for (size_t lane = 0; lane < VIRTUAL_LANES; lane++)
            lanes.sum[lane] += term(of, i + lane);
    for (size_t lane = 0; i + lane < n; lane++)
        lanes.sum[lane] += term(of, i + lane);
    return lanes_total(&lanes);
}

/* max(0, h); NaN stays NaN. */
static inline accumulator hinge(accumulator h)
{
    return h < 0 ? 0 : h;
}

#endif
