/* The experiment's files, made from the store. */
#ifndef HARNESS_RUN_COLLECT_H
#define HARNESS_RUN_COLLECT_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/run/cell.h"
#include "harness/store/store.h"
#include "lossgrid/digest.h"

/* What is there of a cell. */
struct cell_extent {
    bool finished, diverged;
    size_t epochs;           /* rows of trace.csv */
    char why[STORE_WHY_MAX]; /* why the last attempt failed, or "" */
};

/* Rebuild trace.csv, timing.csv, parameters.csv and images/ of the result folder, in the order
 * of the experiment, whatever the order in which cells ended; the finished epochs of unfinished
 * cells are among them. Each file is replaced whole or not at all; parameters.csv is there where
 * a finished cell's network is small. extents: (cell_count), and trace_sha256 of the new
 * trace.csv, are filled. */
enum lg_status collect_results(const struct cell_context *context, struct store *store,
                               const char *directory, struct cell_extent *extents,
                               char trace_sha256[LG_DIGEST_HEX], struct lg_error *error);

#endif
