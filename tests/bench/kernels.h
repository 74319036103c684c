/* Kernels against the machine's own limits; compiled once per precision and ISA. */
#ifndef TESTS_BENCH_KERNELS_H
#define TESTS_BENCH_KERNELS_H

#include "engine/base/real.h"

#define bench_kernels LG_SYMBOL(bench_kernels)

/* Print CSV rows `precision,isa,what,shape,value,unit`: the FMA peak, read
 * bandwidth by working set, and the rates of the products and of elementary functions.
 * Takes a few seconds. */
void bench_kernels(void);

#endif
