/* The parameters of a network so small that a reader may want to look at them. */
#ifndef HARNESS_STORE_PARAMETERS_H
#define HARNESS_STORE_PARAMETERS_H

#include "harness/support/csv.h"
#include "lossgrid/backend.h"

enum { PARAMETERS_MOST = 1024 };

/* Append the rows of a cell to parameters.csv: cell, layer, activation, output, input (empty:
 * the bias), counted from 1, and value. values: as lg_backend.parameters() gives them. */
void parameters_rows(struct csv *csv, const char *cell, const struct lg_backend *backend,
                     const struct lg_net_config *config, const double *values);

#endif
