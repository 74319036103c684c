/* The headline of each cell, for the end of a run. */
#ifndef HARNESS_RUN_SUMMARY_H
#define HARNESS_RUN_SUMMARY_H

#include "engine/base/status.h"

/* Print the last row of each cell of directory/trace.csv as a small table on
 * stdout, and where the file lies. The values are those of mean square error where
 * it was measured, else of each cell's own loss. */
enum lg_status summary_print(const char *directory, struct lg_error *error);

#endif
