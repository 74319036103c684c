/* The columns of the CSV files of `lossgrid time`, and their rows. Borrowed data must
 * outlive the row. */
#ifndef HARNESS_TIMING_TIMING_COLUMNS_H
#define HARNESS_TIMING_TIMING_COLUMNS_H

#include "harness/machine/conditions.h"
#include "harness/support/csv_file.h"
#include "harness/timing/timing.h"

/* Names in the column of phases: the whole step of a probed block, and the worst of all. */
extern const char phases_probed[], phases_all[];

/* A row's arm and state. */
struct timed_what {
    const struct timed_arm *arm;
    enum arm_state state;
};

/* Medians are NaN where nothing was counted. */
struct cost_row {
    const struct lg_backend *backend;
    struct timed_what what;
    const char *phase;
    uint64_t steps;
    struct sample_summary ns;
    double ticks, cycles, instructions;
};

/* values, per reading, are NaN where it is absent. */
struct sample_row {
    struct timed_what what;
    const char *phase;
    const struct timed_block *block;
    uint64_t steps;
    const double *values;
};

/* A ratio of no values, count 0, is not known. */
struct noise_row {
    struct timed_what what;
    const char *phase;
    struct sample_summary ratio;
    double floor;
};

struct overhead_row {
    struct timed_what what;
    struct sample_summary ratio;
};

struct ranking_row {
    struct timed_what what;
    struct sample_summary ratio;
    double floor;
    const char *verdict;
};

struct settling_row {
    const struct timed_arm *arm;
    const struct settling_look *look;
};

struct condition_row {
    const char *when;
    const struct conditions_row *found;
};

/* Rows are the structs above in this order. samples.csv depends on the struct readings. */
extern const struct csv_file cost_csv, samples_csv, noise_csv, phases_csv, ranking_csv,
    settling_csv, conditions_csv;
extern const struct csv_folder csv_folder_timing;

#endif
