/* The keys that need measured columns: stop, targets, evaluate_every. */
#ifndef HARNESS_SPEC_STOP_H
#define HARNESS_SPEC_STOP_H

#include "harness/spec/experiment.h"
#include "harness/spec/schema.h"

/* "train", "validation", "test": by enum part, as columns of trace.csv begin. */
extern const char *const part_words[];

enum { MEASURED_NAME_MAX = 64 };

/* The column's name: "validation_accuracy". Returns name. */
const char *measured_name(const struct experiment *experiment, const struct measured *measured,
                          char name[MEASURED_NAME_MAX]);

/* The part that is measured every `evaluate_every` steps. */
enum part evaluated_part(const struct experiment *experiment);

/* Whether a value is at least as good as another; never where one is no number. */
bool measured_is_reached(const struct measured *measured, double value, double wanted);

/* Read them; the metrics and the grid are there. LG_INPUT as of experiment_load(). */
enum lg_status stop_read(const struct section *top, struct experiment *experiment);

#endif
