/* The columns of a calibration. */
#ifndef HARNESS_MACHINE_CALIBRATION_COLUMNS_H
#define HARNESS_MACHINE_CALIBRATION_COLUMNS_H

#include "harness/machine/measure.h"
#include "harness/support/csv_file.h"

/* A row. */
struct calibration_row {
    const struct measure *measure;
    bool is_measured;
    double ticks; /* the median, of the processor's clock; 0: unknown, or no duration */
};

extern const struct csv_file calibration_csv_file;
extern const struct csv_folder csv_folder_calibration;

#endif
