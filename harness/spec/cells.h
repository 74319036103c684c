/* The arms of a grid and their seeds as an experiment's cells. */
#ifndef HARNESS_SPEC_CELLS_H
#define HARNESS_SPEC_CELLS_H

#include "harness/spec/experiment.h"
#include "harness/spec/grid.h"

/* Give the experiment, all of whose other fields are filled, its cells: arms in
 * the grid's order, the seed innermost. The cells are the experiment's, to be
 * freed with it. LG_INPUT for two cells with one slug. */
enum lg_status cells_make(struct pool *pool, const struct registries *registries,
                          const struct grid *grid, struct experiment *experiment,
                          struct lg_error *error);

#endif
