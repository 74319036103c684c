/* How the cells of a result folder ended, read from its trace.csv. */
#ifndef HARNESS_STORE_ENDS_H
#define HARNESS_STORE_ENDS_H

#include <stdbool.h>

#include "harness/spec/experiment.h"
#include "harness/support/csv.h"

/* The last rows of a trace.csv, by cell. */
struct ends {
    char *path; /* owned */
    struct csv_table trace;
    size_t count;
    size_t *rows; /* (count) owned; ordered by the cells' names */
    int cell, status, epoch;
    size_t epochs; /* of a cell that neither diverged nor stopped before */
};

/* Read directory's trace.csv; epochs: of a cell that ends by itself. LG_ENVIRONMENT, LG_INPUT: it
 * cannot be read. End it with ends_free(). */
enum lg_status ends_read(const char *directory, size_t epochs, struct ends *ends,
                         struct lg_error *error);

/* The value of a column in a cell's last row; false where the cell has not ended, diverged or has
 * no value there. *diverged: that it diverged. LG_INPUT: no such column, or no number. */
enum lg_status ends_value(const struct ends *ends, const char *cell, const char *column,
                          bool *is_there, bool *diverged, double *value, struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void ends_free(struct ends *ends);

#endif
