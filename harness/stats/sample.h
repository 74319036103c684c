/* The summary of repeated measurements of one thing. */
#ifndef HARNESS_STATS_SAMPLE_H
#define HARNESS_STATS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>

/* Fewer values have no 95 % interval; more are not taken. */
enum { SAMPLE_LEAST = 6, SAMPLE_MOST = 1000 };

struct sample_summary {
    size_t count;
    double minimum, median, maximum;
    bool has_interval;
    double low, high; /* an interval that holds the true median in 95 % of cases, or more */
};

/* Summarise values: (count), 1 to SAMPLE_MOST, none NaN; they are sorted in place. The
 * interval is between two of the values, whatever their distribution: H. A. David,
 * H. N. Nagaraja, Order Statistics, 2003, section 7.1. It takes them to be independent. */
void sample_summarise(double *values, size_t count, struct sample_summary *summary);

#endif
