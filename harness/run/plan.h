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
    struct shard shard;
    size_t cells;       /* of the experiment */
    size_t selected;    /* cells of the shard */
    size_t kept;        /* of these, those that were finished earlier */
    size_t train_count; /* the others */
    size_t *kept_cells; /* (kept) their numbers, ascending; owned */
    /* Finished ones of which more epochs are asked for: go on after the last; begin again, as
     * their last state was not kept. */
    size_t extended, retrained;
};

/* Where somebody is who goes through the cells that a plan trains; begin with {0}. */
struct plan_cursor {
    size_t cell; /* of the shard: the next to be looked at */
    size_t kept; /* of kept_cells */
};

/* The number of the next cell to be trained; false behind the last. */
bool plan_next(const struct plan *plan, struct plan_cursor *cursor, size_t *number);

/* LG_USAGE when the store (NULL: there is none) holds a cell of the experiment that was trained
 * otherwise: other settings, other data. Nothing is changed but, of a store that is open to be
 * written (mode), the numbers that it has for its cells. */
enum lg_status plan_check(const struct experiment *experiment, struct store *store,
                          enum store_mode mode, const char *directory, const char *dataset,
                          struct lg_error *error);

/* Remove earlier cells: those of the shard, and what was trained otherwise. */
enum lg_status plan_clear(const struct experiment *experiment, struct store *store,
                          const char *dataset, struct shard shard, struct lg_error *error);

/* What the shard has left to train. Finished cells are held against their seals; one that is
 * not what was sealed is named on standard error, removed, and trained again. On success the
 * caller ends *plan with plan_free(). */
enum lg_status plan_make(const struct experiment *experiment, struct store *store,
                         const char *dataset, struct shard shard, struct plan *plan,
                         struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void plan_free(struct plan *plan);

#endif
