/* The arms that a block excludes. */
#ifndef HARNESS_SPEC_EXCLUDE_H
#define HARNESS_SPEC_EXCLUDE_H

#include "harness/spec/choice.h"
#include "harness/spec/node.h"
#include "harness/spec/registry.h"

/* Check the entries of `exclude`, a list: names and options that there are, values that they
 * take. path is for messages. LG_INPUT for anything else. */
enum lg_status exclude_check(struct pool *pool, const struct registries *registries,
                             const struct node *list, const char *path, struct lg_error *error);

/* What an entry, checked before, names of a set of choices: its name, and of each option one of
 * the values. An option that the set's entry does not have has no value. */
struct mask {
    bool is_none;                     /* of no choice of the set */
    const bool *axes[LG_OPTIONS_MAX]; /* of the set's axis, for each value, whether it is named;
                                         NULL: every value is */
};

/* An entry excludes the arms whose loss and optimizer it names. */
struct cut {
    struct mask loss, optimizer;
};

struct cuts {
    size_t count;
    const struct cut *all; /* (count), in the pool: one for each entry */
};

/* What the entries of `exclude` (NULL: none) exclude of the arms of a loss and an optimizer. */
enum lg_status exclude_cuts(struct pool *pool, const struct registries *registries,
                            const struct node *list, const struct choice_set *losses,
                            const struct choice_set *optimizers, struct cuts *cuts,
                            struct lg_error *error);

/* True if the mask names combination `index` of its set. */
bool exclude_names(const struct mask *mask, const struct choice_set *set, size_t index);

#endif
