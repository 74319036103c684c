/* Which cells a run is to train, and which are there already. */
#ifndef HARNESS_RUN_PLAN_H
#define HARNESS_RUN_PLAN_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/spec/experiment.h"
#include "harness/store/store.h"
#include "lossgrid/status.h"

/* The cells of a run: shard i of n has those whose index is i modulo n. */
struct shard {
    size_t index, count;
};

struct plan {
    size_t *train; /* (train_count) numbers of cells, ascending; owned */
    size_t train_count;
    size_t kept;     /* cells of the shard that were finished earlier */
    size_t selected; /* cells of the shard */
    /* Finished ones of which more epochs are asked for: go on after the last; begin anew, as
     * their last state was not kept. */
    size_t extended, retrained;
};

/* LG_USAGE when the store (NULL: there is none) holds a cell of the experiment that was trained
 * otherwise: other settings, other data. Nothing is changed. */
enum lg_status plan_check(const struct experiment *experiment, struct store *store,
                          const char *directory, const char *dataset, struct lg_error *error);

/* Remove earlier cells: those of the shard, and what was trained otherwise. */
enum lg_status plan_clear(const struct experiment *experiment, struct store *store,
                          const char *directory, const char *dataset, struct shard shard,
                          struct lg_error *error);

/* What the shard has left to train. Finished cells are held against their seals; one that is
 * not what was sealed is named on standard error, removed, and trained again. On success the
 * caller ends *plan with plan_free(). */
enum lg_status plan_make(const struct experiment *experiment, struct store *store,
                         const char *directory, const char *dataset, struct shard shard,
                         struct plan *plan, struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void plan_free(struct plan *plan);

#endif
