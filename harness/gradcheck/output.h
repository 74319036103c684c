/* A gradient check's results: a table to read, and a folder of files. */
#ifndef HARNESS_GRADCHECK_OUTPUT_H
#define HARNESS_GRADCHECK_OUTPUT_H

#include "harness/gradcheck/gradcheck.h"
#include "harness/support/text.h"

/* Append a summary: totals by kind, kinks, what was skipped and why, injected faults,
 * everything that failed. */
enum lg_status gradcheck_print(const struct gradcheck *gradcheck, struct text *text,
                               struct lg_error *error);

/* gradcheck.csv, sweep.csv, kinks.csv, ulps.csv, injected.csv and manifest.json into a
 * folder, made if need be. command: how it was called. */
enum lg_status gradcheck_write(const struct gradcheck *gradcheck, const char *directory,
                               const char *command, struct lg_error *error);

#endif
