/* The sizes of caches from the time of a load: the second best source, for a machine whose
 * system does not report them. Within a cache a walk through memory takes the same time
 * whatever its size; where it no longer fits, the time rises. R. H. Saavedra, A. J. Smith,
 * Measuring cache and TLB performance and their effect on benchmark runtimes, IEEE
 * Transactions on Computers 44(10), 1995, doi:10.1109/12.467697. */
#ifndef HARNESS_MACHINE_SWEEP_H
#define HARNESS_MACHINE_SWEEP_H

#include <stddef.h>

enum { SWEEP_KNEES = 3, SWEEP_SIZES_MAX = 40 };

struct sweep {
    size_t count;
    size_t bytes[SWEEP_SIZES_MAX]; /* ascending, each the root of 2 times the one before */
    double ns[SWEEP_SIZES_MAX];    /* of a load */
};

/* Measure with latency(), which returns the ns of a load in so many bytes, or 0 when memory is
 * short, from 8 KiB to `most` bytes. */
void sweep_take(struct sweep *sweep, size_t most, double (*latency)(size_t bytes));

/* The largest sizes before the time rises, at most SWEEP_KNEES of them; returns how many. A
 * cache's size lies between its knee and the root of 2 times that. */
size_t sweep_knees(const struct sweep *sweep, size_t knees[SWEEP_KNEES]);

#endif
