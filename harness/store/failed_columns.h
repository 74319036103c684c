/* The columns of failed.csv. */
#ifndef HARNESS_STORE_FAILED_COLUMNS_H
#define HARNESS_STORE_FAILED_COLUMNS_H

#include "harness/spec/experiment.h"
#include "harness/support/csv_file.h"

/* A cell whose last attempt failed. */
struct failed_row {
    const struct cell *cell;
    const char *loss, *optimizer; /* names */
    size_t epochs;                /* that it has */
    const char *why;
};

extern const struct csv_file failed_csv;
extern const struct csv_folder csv_folder_failed;

#endif
