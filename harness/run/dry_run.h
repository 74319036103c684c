/* The cells that a run would train, without training any. */
#ifndef HARNESS_RUN_DRY_RUN_H
#define HARNESS_RUN_DRY_RUN_H

#include "harness/run/study.h"

/* Print the number of cells and arms, the memory that training takes, and the values of each
 * axis, taken from the cells themselves: what an exclusion leaves out is not among them. */
enum lg_status dry_run_print(const struct study *study, struct lg_error *error);

#endif
