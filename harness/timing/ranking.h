/* The ranking of arms by the time of a step; of a sample, where batches differ. */
#ifndef HARNESS_TIMING_RANKING_H
#define HARNESS_TIMING_RANKING_H

#include "harness/stats/verdict.h"
#include "harness/timing/timing.h"

/* The summary of those of the values that are no NaN; false when there are none. The
 * values change places. */
bool ranking_summarise(double *values, size_t count, struct sample_summary *summary);

/* The ratio of two arms' whole steps from a state, by the time of a sample where their batches
 * differ: a step of more samples is not slower for that. False when there is none. */
bool ranking_ratio(const struct timing *timing, enum arm_state state, const struct timed_arm *a,
                   const struct timed_arm *b, struct sample_summary *summary);

/* ratio_floor() of the A/A control's whole steps from a state; NaN without one. */
double ranking_floor(const struct timing *timing, enum arm_state state);

/* True if two arms that were timed have different batches. */
bool ranking_is_by_sample(const struct timing *timing);

/* The arms by their cost from a state, the fastest first, without the control; returns how
 * many. They are ordered by their ratios to one of them, which a machine of changing speed
 * disturbs less than their times. */
size_t ranking_order(const struct timing *timing, enum arm_state state,
                     const struct timed_arm *ranked[ARMS_MAX]);

/* The cost of a step of the late state in blocks over that of the training steps just
 * before it, from the far ends of both intervals. False when nothing was trained between
 * the states. */
bool ranking_against_training(const struct timed_arm *arm, struct sample_summary *summary);

#endif
