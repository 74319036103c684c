/* An axis given by its ends: {log: [1e-5, 1], points: 21}. */
#ifndef HARNESS_SPEC_AXIS_H
#define HARNESS_SPEC_AXIS_H

#include "harness/spec/node.h"
#include "harness/spec/registry.h"

/* Read the mapping `node` in the place of option `option`'s value; path is for messages. *values:
 * (*count), in the pool, different, and each one that the option takes and the registry's precision
 * holds. LG_INPUT for an axis without values, ends in a wrong order, a logarithm of 0, and an
 * option that is no number.
 *
 * Random values depend on `name` ("optimizer.adam.lr": kind, entry, option) and the axis's
 * seed alone: neither on where the entry stands nor on what other axes there are. */
enum lg_status axis_read(struct pool *pool, const struct registry *registry, const char *name,
                         const struct lg_option *option, const struct node *node, const char *path,
                         double **values, size_t *count, struct lg_error *error);

#endif
