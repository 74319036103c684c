#include "engine/base/mt19937.h"

enum { LENGTH = 624, MIDDLE = 397 };

void lg_mt19937_seed(struct lg_mt19937 *mt, uint32_t seed)
{
    mt->state[0] = seed;
    for (uint32_t i = 1; i < LENGTH; i++) {
        uint32_t previous = mt->state[i - 1];
        mt->state[i] = UINT32_C(1812433253) * (previous ^ (previous >> 30)) + i;
    }
    mt->next = LENGTH;
}

/* x[k + n] = x[k + m] ^ (upper bit of x[k] | lower bits of x[k + 1]) A, eq. 2.1. */
static void regenerate(struct lg_mt19937 *mt)
{
    uint32_t *x = mt->state;
    for (int k = 0; k < LENGTH; k++) {
        uint32_t joined = (x[k] & 0x80000000U) | (x[(k + 1) % LENGTH] & 0x7fffffffU);
        uint32_t twist = (joined & 1U) != 0 ? 0x9908b0dfU : 0;
        x[k] = x[(k + MIDDLE) % LENGTH] ^ (joined >> 1) ^ twist;
    }
    mt->next = 0;
}

uint32_t lg_mt19937_next(struct lg_mt19937 *mt)
{
    if (mt->next >= LENGTH)
        regenerate(mt);
    uint32_t y = mt->state[mt->next++];
    y ^= y >> 11;
    y ^= (y << 7) & 0x9d2c5680U;
    y ^= (y << 15) & 0xefc60000U;
    y ^= y >> 18;
    return y;
}

double lg_mt19937_uniform(struct lg_mt19937 *mt, double low, double high)
{
    return lg_mt19937_next(mt) * 0x1p-32 * (high - low) + low;
}
