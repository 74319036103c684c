/* manifest.json: the origin of a result folder's numbers. */
#ifndef HARNESS_STORE_MANIFEST_H
#define HARNESS_STORE_MANIFEST_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <time.h>

#include "harness/machine/machine.h"
#include "harness/spec/experiment.h"
#include "harness/store/export.h"
#include "lossgrid/backend.h"
#include "lossgrid/status.h"

/* Everything is borrowed. */
struct manifest {
    const struct experiment *experiment;
    const char *const *overrides;
    size_t override_count;

    const struct lg_dataset_info *data; /* the set used */
    const char *data_directory;
    bool substituted;

    const char *isa;               /* the engine's copy that trained; of several, their names */
    const struct machine *machine; /* the one that writes the manifest */
    json_t *machines;              /* those that trained, by their id; may be NULL */
    size_t jobs;
    time_t started, finished;

    const struct extent *extent; /* of the experiment's cells */
    const char *trace_sha256;

    json_t *command; /* words of a command line that makes this folder again; may be NULL */
};

/* Its parts that other manifests share, owned by the caller: the spec with the overrides,
 * the data, and an instant in UTC as ISO 8601. NULL when memory is short. */
json_t *manifest_spec_json(const struct manifest *manifest);
json_t *manifest_data_json(const struct manifest *manifest);
json_t *manifest_instant(time_t when);

/* The machines that trained what is in the store, by their id: an object, owned by the caller. */
enum lg_status manifest_machines(struct store *store, json_t **machines, struct lg_error *error);

/* Write it to path. */
enum lg_status manifest_write(const char *path, const struct manifest *manifest,
                              struct lg_error *error);

/* The contents that a manifest states, to be compared with its folder. */
struct manifest_found {
    char trace_sha256[LG_DIGEST_HEX];
    size_t cells, finished; /* that the spec has; that ended, diverged ones among them */
    size_t diverged;
    bool keeps_images;
    char dataset[SPEC_NAME_MAX]; /* the name of the set that was used; "" unknown */
    char first_missing[SPEC_NAME_MAX];
    char spec_sha256[LG_DIGEST_HEX], text_sha256[LG_DIGEST_HEX]; /* recorded; of its text */
};

/* Read the manifest at path. LG_INPUT when something of it is missing. */
enum lg_status manifest_read(const char *path, struct manifest_found *found,
                             struct lg_error *error);

/* The experiment of the folder's spec and overrides, but the overrides that begin with `but`
 * (NULL: all). LG_INPUT where manifest.json lacks them. The caller ends *experiment. */
enum lg_status manifest_experiment(const char *directory, const char *but,
                                   struct experiment *experiment, struct lg_error *error);

#endif
