/* --set dotted.path=value: one place of a tree replaced. */
#ifndef HARNESS_SPEC_OVERRIDE_H
#define HARNESS_SPEC_OVERRIDE_H

#include "harness/spec/node.h"

/* Put the value at the path in "path=value" into the tree at *root (a mapping) and point
 * *root at the result. Path components are keys, or 0-based indices of lists; keys that are
 * not there are added; the schema checks them later. A name gets options as a mapping
 * would: with `optimizers: [sgd]`, "grid.0.optimizers.0.lr=0.1" makes {name: sgd, lr: 0.1}.
 * The value is YAML. Elsewhere an alias of a changed part keeps what it had. LG_USAGE for a
 * text that is not of this form or an index beyond its list. */
enum lg_status override_apply(struct pool *pool, const char *text, const struct node **root,
                              struct lg_error *error);

#endif
