/* A function of one number over an array, in a shape that compilers turn into vector
 * instructions: a loop of known length, its results an array of its own, its body
 * without a branch: every path is computed, and where() takes one. The operations on
 * each number are those of one call, so the bits are too (docs/adr/0001). */
#ifndef LG_MATH_EACH_H
#define LG_MATH_EACH_H

#include <stddef.h>
#include <string.h>

#include "engine/base/real.h"

/* Inlined however often it is called. Not at -O0, where gcc cannot know which function
 * a constant argument names. */
#ifdef __OPTIMIZE__
#define ALWAYS_INLINE static inline __attribute__((always_inline))
#else
#define ALWAYS_INLINE static inline
#endif

/* Before such a loop: clang would sooner unroll it, into one number at a time. */
#if defined(__clang__)
#define KEEP_LOOP _Pragma("clang loop unroll(disable)")
#else
#define KEEP_LOOP
#endif

ALWAYS_INLINE uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

ALWAYS_INLINE double double_of(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

/* yes ? a : b. By masks: gcc moves what only b needs behind a branch on `yes`, and then
 * cannot vectorise, since floating-point operations might trap. The reference copy, which
 * has nothing to vectorise, asks plainly. */
#if LG_PRECISION == 80
ALWAYS_INLINE accumulator where(int yes, accumulator a, accumulator b)
{
    return yes ? a : b;
}
#else
ALWAYS_INLINE accumulator where(int yes, accumulator a, accumulator b)
{
    const uint64_t mask = -(uint64_t)(yes != 0);
    return double_of((bits_of(a) & mask) | (bits_of(b) & ~mask));
}

ALWAYS_INLINE real where_real(int yes, real a, real b)
{
    const real_bits mask = -(real_bits)(yes != 0);
    real_bits bits_a, bits_b;
    memcpy(&bits_a, &a, sizeof a);
    memcpy(&bits_b, &b, sizeof b);
    bits_a = (bits_a & mask) | (bits_b & ~mask);
    memcpy(&a, &bits_a, sizeof a);
    return a;
}
#endif

/* Two vectors of eight doubles, one of sixteen floats. */
enum { EACH_BLOCK = 16 };

/* y[i] = f(x[i]) for i < n; y may be x. f is a constant at every call and is inlined.
 * The last block is filled up with whatever `last` holds, which nobody reads. */
ALWAYS_INLINE void each_double(double (*const f)(double), double *y, const double *x, size_t n)
{
    double last[EACH_BLOCK] = {0}, out[EACH_BLOCK];
    for (size_t first = 0; first < n; first += EACH_BLOCK) {
        const size_t count = n - first < EACH_BLOCK ? n - first : EACH_BLOCK;
        const double *from = x + first;
        if (count < EACH_BLOCK)
            from = memcpy(last, from, count * sizeof *x);
        KEEP_LOOP
        for (int i = 0; i < EACH_BLOCK; i++)
            out[i] = f(from[i]);
        if (count < EACH_BLOCK)
            memcpy(y + first, out, count * sizeof *y);
        else /* a length that is known: no call */
            memcpy(y + first, out, sizeof out);
    }
}

/* The same of reals. */
ALWAYS_INLINE void each_real(real (*const f)(real), real *y, const real *x, size_t n)
{
    real last[EACH_BLOCK] = {0}, out[EACH_BLOCK];
    for (size_t first = 0; first < n; first += EACH_BLOCK) {
        const size_t count = n - first < EACH_BLOCK ? n - first : EACH_BLOCK;
        const real *from = x + first;
        if (count < EACH_BLOCK)
            from = memcpy(last, from, count * sizeof *x);
        KEEP_LOOP
        for (int i = 0; i < EACH_BLOCK; i++)
            out[i] = f(from[i]);
        if (count < EACH_BLOCK)
            memcpy(y + first, out, count * sizeof *y);
        else
            memcpy(y + first, out, sizeof out);
    }
}

#endif
