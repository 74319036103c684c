/* Which arm is cheaper than which. */
#ifndef HARNESS_TIMING_RANKING_H
#define HARNESS_TIMING_RANKING_H

#include "harness/stats/verdict.h"
#include "harness/timing/timing.h"

/* The summary of those of the values that are no NaN; false when there are none. The
 * values change places. */
bool ranking_summarise(double *values, size_t count, struct sample_summary *summary);

/* The ratio of two arms' whole steps from a state; false when there is none. */
bool ranking_ratio(const struct timing *timing, enum arm_state state, const struct timed_arm *a,
                   const struct timed_arm *b, struct sample_summary *summary);

/* ratio_floor() of the A/A control's whole steps from a state; NaN without one. */
double ranking_floor(const struct timing *timing, enum arm_state state);

/* The arms by their cost from a state, the cheapest first, the control left out; returns how many.
 * Their order is that of their ratios to one of them, which a machine that changes its pace
 * disturbs less than the order of their times. */
size_t ranking_order(const struct timing *timing, enum arm_state state,
                     const struct timed_arm *ranked[ARMS_MAX]);

/* What a step of the late state costs in blocks, over what the steps of the training that led
 * there did, just before: from the far ends of both intervals. False when nothing was
 * trained between the states. */
bool ranking_against_training(const struct timed_arm *arm, struct sample_summary *summary);

#endif
