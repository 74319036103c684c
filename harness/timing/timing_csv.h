/* The CSV files of a timing. Each function appends one of them, with its header. */
#ifndef HARNESS_TIMING_TIMING_CSV_H
#define HARNESS_TIMING_TIMING_CSV_H

#include "harness/machine/conditions.h"
#include "harness/support/csv.h"
#include "harness/timing/timing.h"

/* cost.csv: a row for each arm, state and phase. Per step; empty where not counted. */
void timing_cost_csv(const struct timing *timing, struct csv *csv);

/* samples.csv: a row for each block and phase, as read. */
void timing_samples_csv(const struct timing *timing, struct csv *csv);

/* noise.csv: the A/A control, each phase and `all` of them. */
void timing_noise_csv(const struct timing *timing, struct csv *csv);

/* phases.csv: the cost of reading the phases. */
void timing_phases_csv(const struct timing *timing, struct csv *csv);

/* ranking.csv: each arm against the fastest, from the late state, then from the first. */
void timing_ranking_csv(const struct timing *timing, struct csv *csv);

/* settling.csv: the cost of a step during training; a row for each state measured after the
 * first. */
void timing_settling_csv(const struct timing *timing, struct csv *csv);

/* conditions.csv: the conditions before and after. */
void timing_conditions_csv(const struct conditions_row before[CONDITIONS_MAX],
                           const struct conditions_row after[CONDITIONS_MAX], struct csv *csv);

#endif
