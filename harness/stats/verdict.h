/* The verdict on a ratio of times: the one rule of this program. */
#ifndef HARNESS_STATS_VERDICT_H
#define HARNESS_STATS_VERDICT_H

#include <stdbool.h>

#include "harness/stats/sample.h"

enum verdict {
    VERDICT_FASTER,
    VERDICT_SLOWER,
    VERDICT_SAME,      /* the whole interval lies within the noise floor */
    VERDICT_UNDECIDED, /* the interval crosses the edge of the floor, or one of them is unknown */
    VERDICT_NOT_COMPARABLE,
    VERDICTS,
};

/* In words, in the order of the enum; NULL-terminated. */
extern const char *const verdict_words[VERDICTS + 1];

/* The verdict on the interval of a ratio, low to high, where equal things differ by a
 * factor of up to 1 + floor (NAN: unknown): faster or slower only if the whole interval
 * lies outside the floor, the same only if it lies within. The inverse ratio gives the
 * opposite verdict. */
enum verdict verdict_of_interval(bool has_interval, double low, double high, double floor);

/* The same of the summary of a ratio. */
enum verdict verdict_of(const struct sample_summary *ratio, double floor);

/* The ratio of two series round by round, so that a disturbance of the machine falls on
 * both: a[i] / b[i], (count), 1 to SAMPLE_MOST; summary of the ratios. */
void ratio_summarise(const double *a, const double *b, size_t count,
                     struct sample_summary *summary);

/* The noise floor from an A/A comparison: the larger distance from 1 of its interval's
 * ends. NaN without an interval. */
double ratio_floor(const struct sample_summary *control);

#endif
