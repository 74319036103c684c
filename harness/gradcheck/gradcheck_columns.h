/* The columns of the CSV files of `lossgrid gradcheck`, and what a row of each is made of. */
#ifndef HARNESS_GRADCHECK_GRADCHECK_COLUMNS_H
#define HARNESS_GRADCHECK_GRADCHECK_COLUMNS_H

#include "harness/gradcheck/kinks.h"
#include "harness/gradcheck/result.h"
#include "harness/gradcheck/trials.h"
#include "harness/support/csv_file.h"

/* A row of gradcheck.csv. */
struct block_row {
    const struct result *result;
    const struct result_row *of;
};

/* A row of sweep.csv: a derivative along `entry`. */
struct sweep_row {
    const struct subject *subject;
    size_t entry;
    const char *method;
    double h, analytic;
    const struct estimate *estimate;
};

/* A row of kinks.csv. */
struct kink_row {
    const struct subject *subject;
    const struct kink *kink;
};

/* A row of ulps.csv: a bin of a histogram. */
struct ulps_row {
    const char *precision, *kind;
    int bin; /* -1: the same; 0: below 2 units; then the logarithm's floor */
    uint64_t count;
};

/* A row of coverage.csv. */
struct coverage_row {
    const struct coverage *coverage;
    const struct lg_backend *backend;
    size_t copy, path; /* as lg_backends() has it; an enum lg_path */
};

/* Of injected.csv a row is a struct trials_row. */
extern const struct csv_file gradcheck_csv, sweep_csv, kinks_csv, ulps_csv, injected_csv,
    coverage_csv;
extern const struct csv_folder csv_folder_gradcheck;

#endif
