/* The order in which an epoch visits its samples. */
#ifndef LOSSGRID_ORDER_H
#define LOSSGRID_ORDER_H

#include <stddef.h>
#include <stdint.h>

/* Fill order[0..count) with a permutation of 0..count-1 that depends on
 * (seed, epoch) alone, drawn from the stream of LG_PURPOSE_SHUFFLE.
 * R. Durstenfeld, "Algorithm 235: Random permutation", CACM 7(7), 1964,
 * doi:10.1145/364520.364540. count must fit in 32 bits. */
void lg_order_shuffle(uint32_t *order, size_t count, uint64_t seed, uint64_t epoch);

#endif
