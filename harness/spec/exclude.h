/* The arms that a block excludes. */
#ifndef HARNESS_SPEC_EXCLUDE_H
#define HARNESS_SPEC_EXCLUDE_H

#include "harness/spec/node.h"
#include "harness/spec/registry.h"

/* Check the entries of `exclude`, a list: names and options that there are, values that they
 * take. path is for messages. LG_INPUT for anything else. */
enum lg_status exclude_check(struct pool *pool, const struct registries *registries,
                             const struct node *list, const char *path, struct lg_error *error);

/* True if an entry, checked before, excludes the arm of this loss and optimizer: all that
 * it names is the arm's, the loss, the optimizer, and of each option one of the values. An
 * option that the arm's loss or optimizer does not have has no value. */
bool exclude_matches(const struct registries *registries, const struct node *entry,
                     const struct lg_choice *loss, const struct lg_choice *optimizer);

#endif
