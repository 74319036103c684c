/* Who is faster, and whether one may say so. */
#ifndef HARNESS_TIMING_VERDICT_H
#define HARNESS_TIMING_VERDICT_H

#include "harness/measure/sample.h"

/* The ratio of two series round by round, so that what slows the machine down for a
 * while falls on both: a[i] / b[i], (count), 1 to SAMPLE_MOST; summary of the ratios. */
void ratio_summarise(const double *a, const double *b, size_t count,
                     struct sample_summary *summary);

/* What a ratio of equals can look like here: the larger distance from 1 of its interval's
 * ends, of the arm that was measured twice. NaN without an interval. */
double ratio_floor(const struct sample_summary *twins);

enum verdict { VERDICT_FASTER, VERDICT_TIED, VERDICT_SLOWER };

/* "faster", "tied", "slower". */
extern const char *const verdict_words[];

/* Whether a is faster or slower than b, given the summary of a / b: only if the whole
 * interval lies beyond the floor. Without interval or floor nobody is. */
enum verdict verdict_of(const struct sample_summary *ratio, double floor);

#endif
