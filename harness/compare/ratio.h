/* How many times as long one thing takes as another, and whether that is real. */
#ifndef HARNESS_COMPARE_RATIO_H
#define HARNESS_COMPARE_RATIO_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/base/status.h"

struct ratio {
    double value; /* of the medians */
    bool has_interval;
    double low, high; /* 95 % */
};

enum verdict {
    VERDICT_FASTER,
    VERDICT_SLOWER,
    VERDICT_SAME,      /* the whole interval lies within the noise floor */
    VERDICT_UNDECIDED, /* it reaches over the edge of the floor, or one of them is unknown */
    VERDICT_NOT_COMPARABLE,
};

/* In words, as above in order. */
extern const char *const ratio_words[];

/* The ratio of the medians, b / a, of a: (a_count) and b: (b_count), all above 0; both counts
 * at least 1. The interval is a percentile bootstrap over rounds (B. Efron, R. J. Tibshirani,
 * An Introduction to the Bootstrap, 1993, section 13.3): each side is drawn anew with
 * replacement, independently, 1999 times, from one fixed PCG stream, so that the same
 * samples give the same bits. There is none with fewer than SAMPLE_LEAST values on a side.
 * LG_ENVIRONMENT when memory is short. */
enum lg_status ratio_estimate(const double *a, size_t a_count, const double *b, size_t b_count,
                              struct ratio *ratio, struct lg_error *error);

/* What the ratio says, given that equal things differ by a factor of up to 1 + floor (NAN:
 * unknown, and nothing can be said). No winner is named unless the whole interval lies
 * outside the floor; to be the same it must lie within. */
enum verdict ratio_judge(const struct ratio *ratio, double floor);

#endif
