/* The labels of arms and the slugs of cells. */
#ifndef HARNESS_SPEC_LABEL_H
#define HARNESS_SPEC_LABEL_H

#include "harness/spec/grid.h"

/* Fill the label of every arm: its block's label if that has one arm; else "<loss>
 * <optimizer>", with the block's label before it if there is one, and with the options (and
 * the draw) after it that distinguish it from arms of the same name. LG_INPUT for one that
 * is too long. */
enum lg_status labels_make(struct pool *pool, const struct registries *registries,
                           const struct grid *grid, struct lg_error *error);

/* The folder's name of an arm's cell: the label in lower case, all but ASCII
 * letters, digits, '.', '_' and '-' turned into '-', then "-s" and the seed. */
void slug_make(const char *label, uint64_t seed, char slug[SPEC_NAME_MAX]);

#endif
