/* The experiment's files, made from the store. */
#ifndef HARNESS_STORE_EXPORT_H
#define HARNESS_STORE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/spec/experiment.h"
#include "harness/store/store.h"
#include "lossgrid/digest.h"

/* What is there of a cell. */
struct cell_extent {
    bool finished, diverged, stopped; /* the latter two are finished */
    size_t epochs;                    /* rows of trace.csv */
    char why[STORE_WHY_MAX];          /* why the last attempt failed, or "" */
};

/* What the files are made of. Borrowed. */
struct export
{
    const struct experiment *experiment;
    const char *dataset; /* name of the set used */
    struct store *store;
    const char *directory;    /* the result folder */
    struct store_bytes input; /* images/input.png; of a task without images, none */
};

/* Rebuild trace.csv, timing.csv, configurations.csv, schema.json, parameters.csv and images/ of
 * the result folder, in the order of the experiment, whatever the order in which cells ended; the
 * finished epochs of unfinished cells are among them. Each file is replaced whole or not at all;
 * parameters.csv is there where a finished cell's network is small, evaluations.csv and targets.csv
 * where the spec asks for them. extents: (cell_count), and
 * trace_sha256 of the new trace.csv, are filled. */
enum lg_status export_write(const struct export *export, struct cell_extent *extents,
                            char trace_sha256[LG_DIGEST_HEX], struct lg_error *error);

#endif
