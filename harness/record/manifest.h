/* manifest.json: what a result folder's numbers were made from and on. */
#ifndef HARNESS_RECORD_MANIFEST_H
#define HARNESS_RECORD_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "engine/backend.h"
#include "engine/base/status.h"
#include "harness/measure/machine.h"
#include "harness/spec/experiment.h"

struct manifest_cell {
    const char *status; /* done, diverged or missing */
    size_t epochs;      /* rows in trace.csv */
};

/* Everything is borrowed. */
struct manifest {
    const struct experiment *experiment;
    const char *const *overrides;
    size_t override_count;

    const struct lg_dataset_info *data; /* the set really used */
    const char *data_directory;
    bool substituted;

    const struct lg_backend *backend;
    const struct machine *machine;
    size_t jobs;
    time_t started, finished;

    const struct manifest_cell *cells; /* one for each of the experiment's */
    const char *trace_sha256;
};

/* Its parts that other manifests share, owned by the caller: the spec with the overrides,
 * the data, and an instant in UTC as ISO 8601. NULL when memory is short. */
json_t *manifest_spec_json(const struct manifest *manifest);
json_t *manifest_data_json(const struct manifest *manifest);
json_t *manifest_instant(time_t when);

/* Write it to path. */
enum lg_status manifest_write(const char *path, const struct manifest *manifest,
                              struct lg_error *error);

/* The trace_sha256 of the manifest at path. LG_INPUT when it has none. */
enum lg_status manifest_read_trace(const char *path, char sha256[LG_DIGEST_HEX],
                                   struct lg_error *error);

#endif
