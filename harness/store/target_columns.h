/* The columns of targets.csv. */
#ifndef HARNESS_STORE_TARGET_COLUMNS_H
#define HARNESS_STORE_TARGET_COLUMNS_H

#include "harness/spec/experiment.h"
#include "harness/support/csv_file.h"

/* The first evaluation at which a target was reached. */
struct reach {
    bool is_reached; /* else the others are 0 */
    uint64_t epoch, step, samples;
    double found;
};

/* A row; strings are borrowed. */
struct target_row {
    const struct cell *cell;
    const char *loss, *optimizer, *metric;
    double value;
    struct reach reach;
    const char *why; /* it was not reached, or "" */
};

extern const struct csv_file targets_csv;
extern const struct csv_folder csv_folder_target;

#endif
