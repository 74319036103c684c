/* Whose results a store holds: the spec of the run that began last. */
#ifndef HARNESS_MERGE_ORIGIN_H
#define HARNESS_MERGE_ORIGIN_H

#include <jansson.h>
#include <time.h>

#include "harness/spec/experiment.h"
#include "harness/store/store.h"
#include "harness/support/text.h"

struct origin {
    const char *directory;                        /* of the store; borrowed */
    bool is_there;                                /* a run began there; else the rest is empty */
    char *path, *text, *dataset, *data_directory; /* owned */
    json_t *overrides;                            /* a list of texts; owned */
    bool substituted;
    struct text input; /* images/input.png; owned */

    /* Of all runs there. */
    struct text isas; /* the engine's copies, by commas, sorted; owned */
    size_t jobs;      /* the most */
    time_t started;   /* the first */
};

/* Read it; store may be NULL. The caller ends *origin with origin_free(), on failure too. */
enum lg_status origin_read(struct store *store, const char *directory, struct origin *origin,
                           struct lg_error *error);

/* The overrides as given to --set, borrowed from the origin; the list is the caller's to free. */
enum lg_status origin_overrides(const struct origin *origin, const char ***list, size_t *count,
                                struct lg_error *error);

/* Parse the spec; the experiment is the caller's to free. */
enum lg_status origin_experiment(const struct origin *origin, struct experiment *experiment,
                                 struct lg_error *error);

/* LG_USAGE, and what differs, where they are not of the same cells. Overrides that make no
 * difference to any cell are none. */
enum lg_status origin_compare(const struct origin *a, const struct origin *b,
                              struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void origin_free(struct origin *origin);

#endif
