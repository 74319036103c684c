/* The CSV files of a timing. Each function appends one of them, with its header. */
#ifndef HARNESS_TIMING_TIMING_CSV_H
#define HARNESS_TIMING_TIMING_CSV_H

#include "harness/machine/conditions.h"
#include "harness/support/csv.h"
#include "harness/timing/timing.h"

/* cost.csv: a row for each arm, state and phase. Per step; what was not counted is empty. */
void timing_cost_csv(const struct timing *timing, struct csv *csv);

/* samples.csv: a row for each block and phase, as read. */
void timing_samples_csv(const struct timing *timing, struct csv *csv);

/* noise.csv: the arm that was measured twice, each phase and `all` of them. */
void timing_noise_csv(const struct timing *timing, struct csv *csv);

/* phases.csv: what looking into the phases costs. */
void timing_phases_csv(const struct timing *timing, struct csv *csv);

/* ranking.csv: each arm against the cheapest, from the late state, then from the first. */
void timing_ranking_csv(const struct timing *timing, struct csv *csv);

/* settling.csv: what a step cost as training went on; a row for each state looked at after
 * the first. */
void timing_settling_csv(const struct timing *timing, struct csv *csv);

/* conditions.csv: what was found before and after. */
void timing_conditions_csv(const struct conditions_row before[CONDITIONS_MAX],
                           const struct conditions_row after[CONDITIONS_MAX], struct csv *csv);

#endif
