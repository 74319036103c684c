#include "lossgrid/pcg.h"

#include <assert.h>

static void step(struct lg_pcg *pcg)
{
    pcg->state = pcg->state * UINT64_C(6364136223846793005) + pcg->increment;
}

struct lg_pcg lg_pcg_seed(uint64_t seed, uint64_t stream)
{
    struct lg_pcg pcg = {.increment = (stream << 1) | 1};
    pcg.state = seed + pcg.increment;
    step(&pcg);
    return pcg;
}

/* SplitMix64's output function: G. L. Steele, D. Lea, C. H. Flood, "Fast
 * Splittable Pseudorandom Number Generators", OOPSLA 2014,
 * doi:10.1145/2660193.2660195, with D. Stafford's constants (Mix13). It is a
 * bijection of 64 bits in which every input bit moves about half of the output's. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Streams of one PCG are not independent by themselves: generators whose states
 * or increments are close, or differ only in high bits, walk in visibly related
 * paths, and seeds and epochs are as close as numbers get (1, 2, 3). So both the
 * state and the increment are hashes of the whole triple. Each round is a
 * bijection of the word it takes in: triples that differ in one part can never
 * meet, and others meet by a chance of 2^-64. */
struct lg_pcg lg_pcg_stream(uint64_t seed, enum lg_purpose purpose, uint64_t epoch)
{
    const uint64_t gamma = UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio, odd */
    uint64_t key = mix(seed + gamma);
    key = mix((key ^ (uint64_t)purpose) + gamma);
    key = mix((key ^ epoch) + gamma);
    return lg_pcg_seed(mix(key + gamma), mix(key + 2 * gamma));
}

uint32_t lg_pcg_next(struct lg_pcg *pcg)
{
    uint64_t old = pcg->state;
    step(pcg);
    uint32_t shifted = (uint32_t)(((old >> 18) ^ old) >> 27);
    uint32_t rotation = (uint32_t)(old >> 59);
    return (shifted >> rotation) | (shifted << ((32 - rotation) & 31));
}

uint32_t lg_pcg_below(struct lg_pcg *pcg, uint32_t bound)
{
    assert(bound > 0);
    /* 2^32 mod bound: the draws below it would favour small remainders. */
    uint32_t threshold = (0U - bound) % bound;
    uint32_t draw;
    do
        draw = lg_pcg_next(pcg);
    while (draw < threshold);
    return draw % bound;
}

double lg_pcg_uniform(struct lg_pcg *pcg)
{
    uint64_t high = lg_pcg_next(pcg);
    uint64_t low = lg_pcg_next(pcg);
    return (double)((high << 32 | low) >> 11) * 0x1p-53;
}
