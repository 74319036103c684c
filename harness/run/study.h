/* One experiment in its result folder, from the check of what is there to the
 * files it leaves. */
#ifndef HARNESS_RUN_STUDY_H
#define HARNESS_RUN_STUDY_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/dataset/locate.h"
#include "harness/run/limits.h"
#include "harness/run/plan.h"
#include "harness/spec/experiment.h"

/* The request. Borrowed. */
struct study {
    const struct experiment *experiment;
    const struct located *located;
    const struct lg_backend *backend;
    const char *directory;        /* the result folder */
    const char *const *overrides; /* as given to --set, for the manifest */
    size_t override_count;
    size_t jobs;           /* cells at the same time, at most */
    size_t asked_jobs;     /* 0: not asked for */
    const char *asked_isa; /* NULL: not asked for */
    struct shard shard;
    struct limits limits; /* of each cell */
    bool fresh;           /* train again what is finished */
    bool quiet;
    bool no_summary; /* no closing table */
};

/* Train what is left of the experiment on the data, and write the result folder.
 * LG_USAGE when the folder holds cells that were trained otherwise (and not
 * fresh), LG_INPUT when spec and data do not fit, LG_ENVIRONMENT when the folder
 * cannot be written or is in use; in these three cases nothing is changed but by a
 * disk that fills up. LG_FAILED when some cells failed and LG_INTERRUPTED after a
 * signal: the files then hold what was finished. */
enum lg_status study_run(const struct study *study, const struct lg_dataset *dataset,
                         struct lg_error *error);

#endif
