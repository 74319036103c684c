/* The columns of parameters.csv. */
#ifndef HARNESS_STORE_PARAMETERS_COLUMNS_H
#define HARNESS_STORE_PARAMETERS_COLUMNS_H

#include "harness/support/csv_file.h"

/* A row: all counted from 1. */
struct parameter_row {
    const char *cell;
    size_t layer;
    const char *activation;
    size_t output, input; /* input 0: a bias */
    double value;
};

extern const struct csv_file parameters_csv;
extern const struct csv_folder csv_folder_parameters;

#endif
