/* The roofline of a machine, from the calibration next to its timings, and the share of it
 * that was reached. */
#ifndef HARNESS_COMPARE_ROOFLINE_H
#define HARNESS_COMPARE_ROOFLINE_H

#include "harness/compare/timed_folder.h"

/* A rate with its 95 % interval (median where there is none); NAN: not measured. */
struct peak {
    double median, low, high;
};

/* GFLOP/s of FMAs of the instruction set and precision. */
struct peak roofline_fma(const struct timed_folder *folder, const char *isa, const char *precision);

/* The share of the roofline that the phase reached. With P parameters and a batch of N a
 * step is taken for 6 P N operations, forward for 2, backward for 4, over the FMA peak: as if
 * no input were zero and each layer had a gradient of its input, so that a share may exceed 1
 * where zeros are skipped. The update is taken for one read and one write of each parameter,
 * the least that any optimizer moves, over the copy bandwidth of the memory that holds them.
 * NAN: no calibration, or a phase without such a count (data, loss). S. Williams,
 * A. Waterman, D. Patterson, Roofline, 2009, doi:10.1145/1498765.1498785. */
double roofline_share(const struct timed_folder *folder, const struct timed_cell *cell,
                      enum timed_phase phase);

#endif
