/* The task, and the check that a grid's losses fit it. */
#ifndef HARNESS_SPEC_TASK_H
#define HARNESS_SPEC_TASK_H

#include "harness/spec/domain.h"
#include "harness/spec/experiment.h"
#include "harness/spec/grid.h"
#include "harness/spec/schema.h"

/* Read task, classes, clip and penalty into the experiment, whose dataset is known. */
enum lg_status task_read(const struct section *top, struct experiment *experiment);

/* LG_INPUT, naming both, for an arm whose loss does not fit the task, the model's
 * outputs or the last layer's activation. */
enum lg_status task_check_arms(const struct grid *grid, const struct experiment *experiment,
                               struct lg_error *error);

/* LG_INPUT for a cell whose loss has a list that is not one number for each output. */
enum lg_status task_check_lists(const struct experiment *experiment, struct lg_error *error);

/* True if a loss, with default options, can be a metric of every arm and is defined on all
 * their outputs. If not, `why` says why. */
bool task_measures(const struct grid *grid, const struct experiment *experiment, size_t loss,
                   char why[DOMAIN_WHY_MAX]);

#endif
