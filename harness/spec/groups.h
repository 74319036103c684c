/* The groups of an experiment's arms: those that are alike in the factors that `tune.by`
 * names. One arm of each is chosen. */
#ifndef HARNESS_SPEC_GROUPS_H
#define HARNESS_SPEC_GROUPS_H

#include "harness/spec/experiment.h"
#include "harness/spec/factor.h"

struct group {
    char *name;   /* its levels of the factors it is made by: "mse adam"; owned */
    size_t count; /* at least 1 */
    size_t *arms; /* (count), ascending; owned */
};

struct groups {
    size_t count;
    struct group *all; /* (count), in the order of their first arms; owned */
};

/* Put the arms of an experiment with `tune` into groups. LG_ENVIRONMENT when memory is short.
 * End it with groups_free(). */
enum lg_status groups_make(const struct experiment *experiment, struct groups *groups,
                           struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void groups_free(struct groups *groups);

/* Whole names of the factors that have several levels in a group; those of an option among the
 * arms of one entry: the rates of Adam and of SGD are no levels of one factor. */
struct group_axes {
    size_t count;
    char names[FACTORS_MAX][FACTOR_NAME_MAX];
};

/* LG_ENVIRONMENT when memory is short. */
enum lg_status group_axes(const struct experiment *experiment, const struct group *group,
                          struct group_axes *axes, struct lg_error *error);

#endif
