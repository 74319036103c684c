/* Loops that keep one part of a CPU busy and do nothing else: what `lossgrid calibrate`
 * and `make bench` time to know what a machine can do. They belong to the kernels because
 * they are made of the same vector operations, FMA among them (docs/adr/0001, rule 2).
 *
 * Each does its work `repeats` times over and returns a number that depends on all of
 * it, so that none can be left out. Arrays hold a multiple of PEAK_BLOCK reals, any
 * alignment, and are meant to be filled by peak_fill(). */
#ifndef LG_KERNEL_PEAK_H
#define LG_KERNEL_PEAK_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/real.h"

#define peak_fma          LG_SYMBOL(peak_fma)
#define peak_fmas         LG_SYMBOL(peak_fmas)
#define peak_fma_is_soft  LG_SYMBOL(peak_fma_is_soft)
#define peak_fill         LG_SYMBOL(peak_fill)
#define peak_read         LG_SYMBOL(peak_read)
#define peak_copy         LG_SYMBOL(peak_copy)
#define peak_triad        LG_SYMBOL(peak_triad)
#define peak_divisions    LG_SYMBOL(peak_divisions)
#define peak_square_roots LG_SYMBOL(peak_square_roots)

/* A multiple of the reals that one round of any loop takes, on every instruction set. */
enum { PEAK_BLOCK = 384 };

/* Independent chains of FMAs, enough of them to fill every unit; operands in registers. */
double peak_fma(size_t repeats);

/* FMAs in one repeat of peak_fma(). */
size_t peak_fmas(void);

/* True if this copy computes its FMAs without an instruction for them (soft_fma.h). */
bool peak_fma_is_soft(void);

/* Numbers in [1, 2), of mixed mantissas. x: (count). */
void peak_fill(void *x, size_t count);

/* Returns the sum of x: (count), `repeats` times over. */
double peak_read(const void *x, size_t count, size_t repeats);

/* y = x. Both (count), not overlapping. */
double peak_copy(void *y, const void *x, size_t count, size_t repeats);

/* z = x + 3 y, each by an FMA. All (count), not overlapping. J. D. McCalpin, "Memory
 * bandwidth and machine balance in current high performance computers", IEEE TCCA
 * Newsletter, 1995. */
double peak_triad(void *z, const void *x, const void *y, size_t count, size_t repeats);

/* Returns the sum of 1 / x, or of sqrt(x), `repeats` times over. x: (count), small
 * enough for L1: the loads and additions hide behind the divisions or roots. */
double peak_divisions(const void *x, size_t count, size_t repeats);
double peak_square_roots(const void *x, size_t count, size_t repeats);

#endif
