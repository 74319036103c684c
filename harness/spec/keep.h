/* The key that says what stays in the result folder beside the rows: keep. */
#ifndef HARNESS_SPEC_KEEP_H
#define HARNESS_SPEC_KEEP_H

#include "harness/spec/experiment.h"
#include "harness/spec/schema.h"

/* Read it. LG_INPUT as of experiment_load(). */
enum lg_status keep_read(const struct section *top, struct keep *keep);

#endif
