/* One timing in its folder, from reading the conditions to writing the files. */
#ifndef HARNESS_TIMING_TIME_STUDY_H
#define HARNESS_TIMING_TIME_STUDY_H

#include "harness/dataset/locate.h"
#include "harness/timing/timing.h"

/* The request. Borrowed. */
struct time_study {
    const struct experiment *experiment;
    const struct located *located;
    const struct lg_dataset *dataset;
    const struct lg_backend *backend;
    const char *directory;
    const char *const *overrides; /* as given to --set */
    size_t override_count;
    struct timing_effort effort;
    const struct cell *slowed; /* the cell that is slowed down, or NULL */
    struct arm_slow_down slow_down;
    const char *system; /* root of the files that give the conditions: see system.h */
    bool is_strict, is_quiet;
};

/* Measure and write the folder's files. LG_ENVIRONMENT when a condition is not ok and
 * is_strict (before: nothing is measured; after: the files say so), LG_INTERRUPTED after a
 * signal: the files then hold the rounds that were whole. */
enum lg_status time_study_run(const struct time_study *study, struct lg_error *error);

#endif
