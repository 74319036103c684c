/* tuned.csv: what was chosen in each group, and how that did from fresh seeds; tried.csv: every
 * trial. */
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

/* A trial. Strings are borrowed. */
struct tried_row {
    const char *group, *id, *label;
    size_t seeds, diverged;
    double value, value_sd; /* NaN: a seed diverged, or there is one alone */
    bool is_chosen;
};

extern const struct csv_file tuned_csv, tried_csv;
extern const struct csv_folder csv_folder_tuned;

#endif
