/* The columns of compare.csv. */
#ifndef HARNESS_COMPARE_COMPARE_COLUMNS_H
#define HARNESS_COMPARE_COMPARE_COLUMNS_H

#include "harness/compare/pairing.h"
#include "harness/support/csv_file.h"

/* A row. */
struct compare_row {
    const struct pairing *pairing;
    const struct paired *paired;
};

extern const struct csv_file compare_csv;
extern const struct csv_folder csv_folder_compare;

#endif
