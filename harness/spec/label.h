/* The labels of arms and the slugs of cells. */
#ifndef HARNESS_SPEC_LABEL_H
#define HARNESS_SPEC_LABEL_H

#include "harness/spec/grid.h"

/* Find the options that a label has to show to tell arms of the same name apart, for each
 * product of the grid. */
enum lg_status labels_prepare(struct pool *pool, struct grid *grid, struct lg_error *error);

/* True if the arms of two products would be called the same without options. */
bool labels_share_name(const struct product *a, const struct product *b);

/* The label of an arm: its block's label if that has one arm; else "<loss> <optimizer>", with
 * the block's label before it if there is one, and with the options (and the draw) after it
 * that distinguish it from arms of the same name. False: it is longer than a label may be, and
 * holds its beginning. */
bool label_make(const struct grid *grid, const struct arm *arm, char label[GRID_LABEL_MAX]);

/* What is before the options of a label: the same in all arms of one name. */
void label_name(const struct grid *grid, const struct product *product, char label[GRID_LABEL_MAX]);

/* Cut a label that is too long, and append '-' and the id. */
void label_cut(char label[GRID_LABEL_MAX], const char id[EXPERIMENT_ID_BYTES + 1]);

/* The folder's name of an arm's cell: the label in lower case, all but ASCII
 * letters, digits, '.', '_' and '-' turned into '-', then "-s" and the seed. */
void slug_make(const char *label, uint64_t seed, char slug[SPEC_NAME_MAX]);

#endif
