/* The parameters of a network so small that a reader may want to look at them. */
#ifndef HARNESS_STORE_PARAMETERS_H
#define HARNESS_STORE_PARAMETERS_H

#include "lossgrid/backend.h"

enum { PARAMETERS_MOST = 1024 };

/* Write a CSV file with the columns layer, activation, output, input (empty: the bias),
 * counted from 1, and value. values: as lg_backend.parameters() gives them. */
enum lg_status parameters_write(const char *path, const struct lg_backend *backend,
                                const struct lg_net_config *config, const double *values,
                                struct lg_error *error);

#endif
