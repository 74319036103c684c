/* Which arm is cheaper than which. */
#ifndef HARNESS_TIMING_RANKING_H
#define HARNESS_TIMING_RANKING_H

#include "harness/timing/timing.h"
#include "harness/timing/verdict.h"

/* The summary of those of the values that are no NaN; false when there are none. The
 * values change places. */
bool ranking_summarise(double *values, size_t count, struct sample_summary *summary);

/* The ratio of two arms' whole steps; false when there is none. */
bool ranking_ratio(const struct timing *timing, const struct arm *a, const struct arm *b,
                   struct sample_summary *summary);

/* ratio_floor() of the twins' whole steps; NaN without twins. */
double ranking_floor(const struct timing *timing);

/* The arms, the cheapest first, the twin left out; returns how many. Their order is that
 * of their ratios to one of them, which a machine that changes its pace disturbs less than
 * the order of their times. */
size_t ranking_order(const struct timing *timing, const struct arm *ranked[ARMS_MAX]);

#endif
