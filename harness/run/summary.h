/* The headline of each cell, for the end of a run. */
#ifndef HARNESS_RUN_SUMMARY_H
#define HARNESS_RUN_SUMMARY_H

#include "harness/spec/experiment.h"
#include "lossgrid/status.h"

/* Print the last row of each cell of directory/trace.csv as a small table on
 * stdout, what its values are and which way is better, and where the file lies. The values
 * are those of the metric that the experiment is judged by (metrics_primary()), else of
 * each cell's own loss. */
enum lg_status summary_print(const struct experiment *experiment, const char *directory,
                             struct lg_error *error);

#endif
