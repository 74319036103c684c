/* The keys that say what is measured after an epoch: validation, evaluate. */
#ifndef HARNESS_SPEC_EVALUATION_H
#define HARNESS_SPEC_EVALUATION_H

#include "harness/spec/experiment.h"
#include "harness/spec/schema.h"

/* "none", "test", "end": by enum evaluate, NULL-terminated. */
extern const char *const evaluate_words[];

/* Read them; the dataset and `samples` are there. LG_INPUT as of experiment_load(). */
enum lg_status evaluation_read(const struct section *top, struct experiment *experiment);

#endif
