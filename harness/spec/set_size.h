/* The size of a data set before it is read, from the size of its files. */
#ifndef HARNESS_SPEC_SET_SIZE_H
#define HARNESS_SPEC_SET_SIZE_H

#include <stddef.h>

#include "harness/spec/experiment.h"

/* Training samples of a set, and the pixels of an image. */
size_t set_samples(const struct lg_dataset_info *info);
size_t set_features(const struct lg_dataset_info *info);

/* Training samples of an epoch: `samples`, or all that the dataset asked for has, without those
 * that are held out. */
size_t experiment_sample_count(const struct experiment *experiment);

#endif
