/* The columns of evaluations.csv. */
#ifndef HARNESS_STORE_EVALUATION_COLUMNS_H
#define HARNESS_STORE_EVALUATION_COLUMNS_H

#include "harness/store/epoch_columns.h"

/* A row; strings are borrowed. The context of the file is a struct columns_measured. */
struct evaluation_row {
    const struct epoch_record *of; /* the epoch, as far as it is */
    uint64_t step, samples;        /* since the first epoch began */
    const struct measurement *values;
};

extern const struct csv_file evaluations_csv;
extern const struct csv_folder csv_folder_evaluation;

#endif
