/* Mean and standard deviation. */
#ifndef HARNESS_STATS_MOMENTS_H
#define HARNESS_STATS_MOMENTS_H

#include <stddef.h>

struct moments {
    size_t count;
    double mean; /* NaN of none */
    double sd;   /* of the sample, with count - 1; NaN of fewer than two */
};

/* Of values: (count), in two passes. */
struct moments moments_of(const double *values, size_t count);

#endif
