/* The experiment's files from those of its cells. */
#ifndef HARNESS_RUN_COLLECT_H
#define HARNESS_RUN_COLLECT_H

#include "harness/run/cell.h"
#include "lossgrid/digest.h"

/* The finished part of a cell. */
struct cell_extent {
    bool finished, diverged;
    size_t epochs;                    /* rows of trace.csv */
    size_t trace_bytes, timing_bytes; /* of these rows, the header included */
};

/* Rebuild trace.csv, timing.csv and images/ of the result folder from the
 * finished cells and from the finished epochs of the others, in the order of the
 * experiment. Each is replaced whole or not at all. extents: (cell_count), and
 * trace_sha256 of the new trace.csv, are filled. */
enum lg_status collect_results(const struct cell_context *context, struct cell_extent *extents,
                               char trace_sha256[LG_DIGEST_HEX], struct lg_error *error);

#endif
