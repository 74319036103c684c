/* configurations.csv: what each arm of an experiment is. */
#ifndef HARNESS_STORE_CONFIGURATION_COLUMNS_H
#define HARNESS_STORE_CONFIGURATION_COLUMNS_H

#include "harness/spec/experiment.h"
#include "harness/support/csv_file.h"

enum { CONFIGURATION_OPTIONS_MAX = 128 };

/* An option of one or more of the entries that an experiment uses. */
struct option_column {
    const char *name;
    bool is_number; /* in all of them */
};

/* The options of all losses, or of all optimizers, that an experiment uses. */
struct option_columns {
    size_t count;
    struct option_column all[CONFIGURATION_OPTIONS_MAX];
};

/* What the columns depend on: the context of configurations_csv. */
struct configuration_columns {
    const struct experiment *experiment;
    struct option_columns loss, optimizer, activation, initialisation, schedule;
};

struct configuration_columns configuration_columns_of(const struct experiment *experiment);

extern const struct csv_file configurations_csv;
extern const struct csv_folder csv_folder_configuration;

/* Append the header and a row for each of these arms: (count). LG_ENVIRONMENT when memory is
 * short. */
enum lg_status configurations_rows(const struct experiment *experiment, const size_t *arms,
                                   size_t count, struct csv *csv, struct lg_error *error);

/* Write configurations.csv of them into a directory. */
enum lg_status configurations_write(const struct experiment *experiment, const size_t *arms,
                                    size_t count, const char *directory, struct lg_error *error);

#endif
