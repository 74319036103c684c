/* The ratio of two durations, with an interval. */
#ifndef HARNESS_STATS_RATIO_H
#define HARNESS_STATS_RATIO_H

#include <stdbool.h>
#include <stddef.h>

#include "lossgrid/status.h"

struct ratio {
    double value; /* of the medians */
    bool has_interval;
    double low, high; /* 95 % */
};

/* The ratio of the medians, b / a, of a: (a_count) and b: (b_count), all above 0; both counts
 * at least 1. The interval is a percentile bootstrap over rounds (B. Efron, R. J. Tibshirani,
 * An Introduction to the Bootstrap, 1993, section 13.3): each side is resampled with
 * replacement, independently, 1999 times, from one fixed PCG stream, so that the same
 * samples give the same bits. There is none with fewer than SAMPLE_LEAST values on a side.
 * LG_ENVIRONMENT when memory is short. */
enum lg_status ratio_estimate(const double *a, size_t a_count, const double *b, size_t b_count,
                              struct ratio *ratio, struct lg_error *error);

#endif
