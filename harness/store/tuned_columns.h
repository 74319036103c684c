/* tuned.csv: what was chosen in each group, and how that did from fresh seeds. */
#ifndef HARNESS_STORE_TUNED_COLUMNS_H
#define HARNESS_STORE_TUNED_COLUMNS_H

#include "harness/stats/moments.h"
#include "harness/support/csv_file.h"

/* A row. Strings are borrowed; a real that is NaN is not known. */
struct tuned_row {
    const char *group;
    const char *id, *label, *levels; /* of the chosen arm; "": every trial diverged */
    const char *edge;                /* or "" */
    const char *metric;
    bool is_higher_better;
    size_t trials, trial_seeds, diverged, ties;
    double value, value_sd;
    const char *second; /* an id, or "" */
    double second_value;
    size_t final_seeds, final_diverged;
    struct moments train, validation, test; /* of the cells that ended */
};

extern const struct csv_file tuned_csv;
extern const struct csv_folder csv_folder_tuned;

#endif
