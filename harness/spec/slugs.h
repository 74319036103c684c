/* No two cells of an experiment have one slug. */
#ifndef HARNESS_SPEC_SLUGS_H
#define HARNESS_SPEC_SLUGS_H

#include "harness/spec/experiment.h"

/* LG_INPUT, naming both, for two cells with one slug: they would share a place. Known without
 * looking at them where their products' values are distinct; else every slug of those products
 * is made, and memory grows with them. */
enum lg_status slugs_check(const struct experiment *experiment, struct lg_error *error);

#endif
