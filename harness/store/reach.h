/* When the cells of an experiment reached its targets, from the rows that the store has. */
#ifndef HARNESS_STORE_REACH_H
#define HARNESS_STORE_REACH_H

#include "harness/store/store.h"
#include "harness/store/target_columns.h"

/* The search in one cell after the other. */
struct reach_finder {
    const struct experiment *experiment;
    /* Columns, counted from 0, of the targets: in evaluations.csv, or -1, else in trace.csv. */
    int in_evaluations[TARGETS_MAX], in_trace[TARGETS_MAX];
    int trace_steps, timing_samples, epoch, step, samples; /* the latter three of evaluations.csv */
    struct reach found[TARGETS_MAX];                       /* of the cell */
    uint64_t steps_done, samples_done;                     /* in its epochs until now */
};

/* LG_ENVIRONMENT when memory is short. */
enum lg_status reach_begin(struct reach_finder *finder, const struct experiment *experiment,
                           struct lg_error *error);

/* Begin with another cell. */
void reach_cell(struct reach_finder *finder);

/* Take the cell's next epoch. */
enum lg_status reach_epoch(struct reach_finder *finder, const struct store_epoch *epoch,
                           struct lg_error *error);

/* Append the cell's rows of targets.csv; `found`: how it ended, or how far it is. */
void reach_rows(const struct reach_finder *finder, const struct cell *cell,
                const struct store_found *found, struct csv *csv);

#endif
