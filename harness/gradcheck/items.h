/* The list of what `lossgrid gradcheck` checks, made from the registries and specs. */
#ifndef HARNESS_GRADCHECK_ITEMS_H
#define HARNESS_GRADCHECK_ITEMS_H

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/result.h"
#include "harness/gradcheck/subject_check.h"
#include "harness/spec/experiment.h"

/* The part of the catalogue that is checked. */
struct items_scope {
    /* A name: that one alone; NULL: not asked for. */
    const char *loss, *activation, *optimizer;
    bool everything; /* losses, activations, layers, initialisations, optimizers */
    const struct experiment *experiments; /* whose networks are checked: (experiment_count) */
    size_t experiment_count;
};

struct item;

struct items {
    struct item *list; /* (count); owned */
    size_t count;
    struct cell **cells; /* (cell_count); owned, as is each: of networks */
    size_t cell_count;
};

/* LG_USAGE for an unknown name (the message has the nearest), LG_ENVIRONMENT when memory is
 * short. */
enum lg_status items_make(const struct copies *copies, const struct items_scope *scope,
                          struct items *items, struct lg_error *error);

/* Check one. Safe to call from several threads for different items. *result is to be
 * freed. fault: NULL, or what to inject. */
enum lg_status items_check(const struct copies *copies, const struct items *items, size_t index,
                           uint64_t seed, const struct fault *fault, struct result *result,
                           struct lg_error *error);

void items_free(struct items *items);

#endif
