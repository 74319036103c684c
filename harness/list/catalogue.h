/* The entries of the engine's registries, with options, formulas and sources. */
#ifndef HARNESS_LIST_CATALOGUE_H
#define HARNESS_LIST_CATALOGUE_H

#include "harness/support/table.h"
#include "lossgrid/backend.h"

/* A registry to print. */
struct catalogue {
    const char *title; /* "Losses" */
    size_t count;
    const struct lg_info *(*info)(size_t index);
    const struct lg_loss_shape *(*shape)(size_t index); /* NULL where it compares nothing */
};

/* A table of its entries, one row each; the first columns are those for readers. */
enum lg_status catalogue_table(const struct catalogue *catalogue, struct table *table,
                               struct lg_error *error);

/* Append a section of Markdown: a table of names, then each entry with its formula, its
 * inputs and targets, its source and a table of options. */
enum lg_status catalogue_markdown(const struct catalogue *catalogue, struct text *text,
                                  struct lg_error *error);

#endif
