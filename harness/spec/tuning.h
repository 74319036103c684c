/* The key `tune`: an experiment that chooses among its configurations.
 *
 * Its arms are put into groups (groups.h). In each group the same number of arms, its trials,
 * are trained and judged by a metric of data that no cell learns from; the best one is trained
 * again from seeds that no trial has seen, and only then the test set is measured. So a spec
 * with `tune` describes two experiments: its trials and, with `tune.chosen`, what was chosen.
 *
 * The protocol: F. Schneider et al., DeepOBS, 2019, arXiv 1903.05499; D. Choi et al., On
 * empirical comparisons of optimizers, 2019, arXiv 1910.05446. */
#ifndef HARNESS_SPEC_TUNING_H
#define HARNESS_SPEC_TUNING_H

#include "harness/spec/experiment.h"
#include "harness/spec/schema.h"

/* Where the key is, turn the experiment, whose grid is complete, into that of its trials or of
 * what was chosen. LG_INPUT for a metric that is not measured or not one to choose by, a factor
 * that does not exist, that varies and is neither in `by` nor in `over`, groups with fewer arms
 * than the budget or of different sizes without one, seeds that cells of the chosen arms have
 * too, and ids that are of no trial or of two of one group. */
enum lg_status tuning_apply(const struct section *top, struct experiment *experiment,
                            struct lg_error *error);

#endif
