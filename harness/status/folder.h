/* What has become of a result folder, read while somebody may write it. */
#ifndef HARNESS_STATUS_FOLDER_H
#define HARNESS_STATUS_FOLDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/store/store_run.h"

enum folder_state {
    FOLDER_EMPTY,    /* no run has begun a cell */
    FOLDER_RUNNING,  /* a run holds it */
    FOLDER_STOPPED,  /* cells are left, and nobody trains them */
    FOLDER_FINISHED, /* all cells that were asked for are */
};

struct folder {
    const char *path; /* borrowed */
    enum folder_state state;
    size_t cells;    /* of the grid */
    size_t expected; /* of them, those of the shards that ran here */
    struct store_counts counts;
    size_t left;         /* of the expected, not finished */
    double seconds_left; /* by the rate of the last run; negative: unknown */

    /* Of the run that began last. */
    size_t jobs, shard, shards, epochs;
    int64_t started_ms, seen_ms; /* since 1970 */
    char host[64];               /* of its machine; "" unknown */
    json_t *running;             /* a list of {cell, epochs}: finished ones; owned */
    json_t *failures;            /* a list of {why, cells, first}; owned */
};

/* Read it. LG_ENVIRONMENT when it is not there or cannot be read, LG_INPUT when it is no result
 * folder. The caller ends *folder with folder_free(), on failure too. */
enum lg_status folder_read(const char *path, struct folder *folder, struct lg_error *error);

/* "running", ... */
const char *folder_state_name(enum folder_state state);

/* Free. Safe on a zeroed struct. */
void folder_free(struct folder *folder);

#endif
