/* PCG32 (XSH RR 64/32): M. E. O'Neill, "PCG: A Family of Simple Fast
 * Space-Efficient Statistically Good Algorithms for Random Number Generation",
 * Harvey Mudd College HMC-CS-2014-0905, section 6.3.1. */
#ifndef LOSSGRID_PCG_H
#define LOSSGRID_PCG_H

#include <stdint.h>

struct lg_pcg {
    uint64_t state;
    uint64_t increment; /* odd; selects the stream */
};

/* The purposes of random numbers: each draws from a stream of its own. */
enum lg_purpose {
    LG_PURPOSE_INITIALISE = 1,
    LG_PURPOSE_SHUFFLE = 2,
    LG_PURPOSE_PAIR = 3,
    LG_PURPOSE_AXIS = 4,
    LG_PURPOSE_VALIDATION = 5,
    LG_PURPOSE_TRIALS = 6
};

/* The generator `pcg32(seed, stream)` of the reference implementation. */
struct lg_pcg lg_pcg_seed(uint64_t seed, uint64_t stream);

/* The independent stream of (seed, purpose, epoch): nothing depends on the
 * order in which cells run. */
struct lg_pcg lg_pcg_stream(uint64_t seed, enum lg_purpose purpose, uint64_t epoch);

/* The next 32 bits. */
uint32_t lg_pcg_next(struct lg_pcg *pcg);

/* Uniform on [0, bound), bound > 0, without bias (rejection, as
 * pcg32_boundedrand_r of the reference). */
uint32_t lg_pcg_below(struct lg_pcg *pcg, uint32_t bound);

/* Uniform on [0, 1): 53 bits from two draws, high word first. */
double lg_pcg_uniform(struct lg_pcg *pcg);

#endif
