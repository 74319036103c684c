/* An entry of a registry with its options: `sgd`, or {name: sgd, lr: 0.1}. */
#ifndef HARNESS_SPEC_CHOICE_H
#define HARNESS_SPEC_CHOICE_H

#include "harness/spec/node.h"
#include "harness/spec/registry.h"
#include "lossgrid/backend.h"

/* The value of a list option. */
struct numbers {
    size_t count;
    const double *values; /* (count), in the pool */
};

/* An option that was given as a list of values or as an axis (axis.h), or a list option that was
 * given as a list of lists. */
struct axis {
    size_t option; /* index in the entry's table */
    size_t count;
    const double *values;        /* (count), in the pool; NULL: a list option */
    const struct numbers *lists; /* (count), in the pool; NULL: another option */
};

/* An entry and, per option, one value or several. */
struct choice_set {
    struct lg_choice base; /* the defaults and the single values given */
    size_t axis_count;
    struct axis axes[LG_OPTIONS_MAX]; /* in the order they were written */
};

/* Read an entry whose options may be lists of values. path is for messages. */
enum lg_status choice_read_set(struct pool *pool, const struct registry *registry,
                               const struct node *node, const char *path, struct choice_set *set,
                               struct lg_error *error);

/* Read an entry whose options have one value each. */
enum lg_status choice_read(struct pool *pool, const struct registry *registry,
                           const struct node *node, const char *path, struct lg_choice *choice,
                           struct lg_error *error);

/* The number of combinations of a set's axes, or `most` + 1 when there are more
 * than `most`. */
size_t choice_set_count(const struct choice_set *set, size_t most);

/* Combination number `index` of a set of that registry's; the last axis changes
 * fastest. */
struct lg_choice choice_set_get(const struct registry *registry, const struct choice_set *set,
                                size_t index);

/* The base of a set with value `value` of axis `axis`; the other axes' options are defaults. */
struct lg_choice choice_set_with(const struct registry *registry, const struct choice_set *set,
                                 size_t axis, size_t value);

#endif
