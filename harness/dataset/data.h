/* The samples of an experiment in memory, and whether they fit it. */
#ifndef HARNESS_DATASET_DATA_H
#define HARNESS_DATASET_DATA_H

#include "harness/dataset/locate.h"
#include "harness/spec/experiment.h"

/* Warn once, loudly, that these are other data than the spec asks for. */
void data_warn_of_substitute(const struct experiment *experiment, const struct located *located);

/* Load the set that was located, of it the classes that the experiment uses, and hold out its
 * validation split, where it has one: LG_INPUT when that leaves nothing to train on. As of
 * lg_dataset_load(); *dataset is the caller's to free. */
enum lg_status data_load(const struct experiment *experiment, const struct located *located,
                         struct lg_dataset *dataset, struct lg_error *error);

/* Check the spec, which was checked by itself, against the data. LG_INPUT when they do not
 * fit. */
enum lg_status data_check_fit(const struct experiment *experiment, const struct lg_dataset *dataset,
                              struct lg_error *error);

/* Training samples that a cell uses in an epoch; what is held out is not among them. */
size_t data_samples(const struct experiment *experiment, const struct lg_dataset *dataset);

#endif
