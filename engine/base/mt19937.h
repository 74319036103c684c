/* MT19937 as Torch7 drew from it, for replays only.
 * M. Matsumoto, T. Nishimura, "Mersenne Twister", ACM TOMACS 8(1), 1998,
 * doi:10.1145/272991.272995, with the 2002 initialisation (init_genrand). */
#ifndef LG_BASE_MT19937_H
#define LG_BASE_MT19937_H

#include <stdint.h>

struct lg_mt19937 {
    uint32_t state[624];
    int next;
};

/* init_genrand(seed). */
void lg_mt19937_seed(struct lg_mt19937 *mt, uint32_t seed);

/* The next 32 bits, tempered. */
uint32_t lg_mt19937_next(struct lg_mt19937 *mt);

/* Torch7's uniform draw on [low, high): u32 * 2^-32 * (high - low) + low. */
double lg_mt19937_uniform(struct lg_mt19937 *mt, double low, double high);

#endif
