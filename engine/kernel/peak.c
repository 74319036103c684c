#include "engine/kernel/peak.h"

#include <assert.h>

#include "engine/kernel/simd/simd.h"
#include "lossgrid/pcg.h"

/* Chains that fit into registers with two constants. An FMA's latency times the FMAs
 * begun in a cycle is 10 at most where there are 16 registers, 16 where there are 32. */
enum { CHAINS = VEC_REGISTERS * 3 / 4, ROUND = CHAINS * LANES };
_Static_assert(PEAK_BLOCK % ROUND == 0, "a block is whole rounds");

/* From here on memory is other than the compiler knows: what was stored was needed. */
static inline void forget_memory(const void *memory)
{
    __asm__ volatile("" : : "r"(memory) : "memory");
}

/* The same address, of which the compiler knows no more: what was read there is read
 * again. Without the clobber of all memory, so that sums stay in registers. */
static inline const real *forget_address(const real *address)
{
    __asm__ volatile("" : "+r"(address));
    return address;
}

static double total(const vec sum[CHAINS])
{
    double result = 0;
    for (int i = 0; i < CHAINS; i++) {
        real lanes[LANES];
        vec_store(lanes, sum[i]);
        for (int l = 0; l < LANES; l++)
            result += (double)lanes[l];
    }
    return result;
}

/* The factor and term pull every chain towards 1: no overflow, nothing subnormal. */
double peak_fma(size_t repeats)
{
    vec sum[CHAINS];
    const vec factor = vec_set1((real)0.875), term = vec_set1((real)0.125);
    UNROLL
    for (int i = 0; i < CHAINS; i++)
        sum[i] = vec_set1((real)i);
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        UNROLL
        for (int i = 0; i < CHAINS; i++)
            sum[i] = vec_fma(sum[i], factor, term);
    }
    return total(sum);
}

size_t peak_fmas(void)
{
    return ROUND;
}

bool peak_fma_is_soft(void)
{
#if !VEC_HAS_FMA && LG_PRECISION == 32 && !defined(__FP_FAST_FMAF)
    return true;
#elif !VEC_HAS_FMA && LG_PRECISION == 64 && !defined(__FP_FAST_FMA)
    return true;
#else
    return false;
#endif
}

void peak_fill(void *x, size_t count)
{
    struct lg_pcg pcg = lg_pcg_seed(11, 1);
    real *to = x;
    /* Drawing is slow; a block of numbers, again and again, does as well. */
    for (size_t i = 0; i < count; i++)
        to[i] = i < PEAK_BLOCK ? 1 + (real)lg_pcg_uniform(&pcg) * (1 - REAL_EPSILON)
                               : to[i - PEAK_BLOCK];
}

double peak_read(const void *x, size_t count, size_t repeats)
{
    assert(count % PEAK_BLOCK == 0);
    const real *from = x;
    vec sum[CHAINS];
    UNROLL
    for (int i = 0; i < CHAINS; i++)
        sum[i] = vec_zero();
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        from = forget_address(from);
        for (size_t at = 0; at < count; at += ROUND) {
            UNROLL
            for (int i = 0; i < CHAINS; i++)
                sum[i] = vec_add(sum[i], vec_load(from + at + (size_t)i * LANES));
        }
    }
    return total(sum);
}

double peak_copy(void *y, const void *x, size_t count, size_t repeats)
{
    assert(count % PEAK_BLOCK == 0);
    const real *from = x;
    real *to = y;
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        for (size_t at = 0; at < count; at += ROUND) {
            UNROLL
            for (int i = 0; i < CHAINS; i++)
                vec_store(to + at + (size_t)i * LANES, vec_load(from + at + (size_t)i * LANES));
        }
        forget_memory(to);
    }
    return (double)to[count - 1];
}

double peak_triad(void *z, const void *x, const void *y, size_t count, size_t repeats)
{
    assert(count % PEAK_BLOCK == 0);
    const real *a = x, *b = y;
    real *to = z;
    const vec factor = vec_set1(3);
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        for (size_t at = 0; at < count; at += ROUND) {
            UNROLL
            for (int i = 0; i < CHAINS; i++) {
                const size_t here = at + (size_t)i * LANES;
                vec_store(to + here, vec_fma(vec_load(b + here), factor, vec_load(a + here)));
            }
        }
        forget_memory(to);
    }
    return (double)to[count - 1];
}

double peak_divisions(const void *x, size_t count, size_t repeats)
{
    assert(count % PEAK_BLOCK == 0);
    const real *from = x;
    const vec one = vec_set1(1);
    vec sum[CHAINS];
    UNROLL
    for (int i = 0; i < CHAINS; i++)
        sum[i] = vec_zero();
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        from = forget_address(from);
        for (size_t at = 0; at < count; at += ROUND) {
            UNROLL
            for (int i = 0; i < CHAINS; i++)
                sum[i] = vec_add(sum[i], vec_div(one, vec_load(from + at + (size_t)i * LANES)));
        }
    }
    return total(sum);
}

double peak_square_roots(const void *x, size_t count, size_t repeats)
{
    assert(count % PEAK_BLOCK == 0);
    const real *from = x;
    vec sum[CHAINS];
    UNROLL
    for (int i = 0; i < CHAINS; i++)
        sum[i] = vec_zero();
    for (size_t repeat = 0; repeat < repeats; repeat++) {
        from = forget_address(from);
        for (size_t at = 0; at < count; at += ROUND) {
            UNROLL
            for (int i = 0; i < CHAINS; i++)
                sum[i] = vec_add(sum[i], vec_sqrt(vec_load(from + at + (size_t)i * LANES)));
        }
    }
    return total(sum);
}
