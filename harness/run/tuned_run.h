/* An experiment with `tune`: its trials, the choice, and what was chosen. */
#ifndef HARNESS_RUN_TUNED_RUN_H
#define HARNESS_RUN_TUNED_RUN_H

#include "harness/run/study.h"

/* Train what is left of the trials of study->experiment in study->directory/trials and, when
 * none is missing, choose, train what was chosen in study->directory, and write tuned.csv there.
 * Where cells of other shards are missing it says so, and stops. Failures are those of
 * study_run(); LG_FAILED when every trial of every group diverged. */
enum lg_status tuned_run(const struct study *study, const struct lg_dataset *dataset,
                         struct lg_error *error);

#endif
