/* What a reader is told of a timing. */
#ifndef HARNESS_TIMING_TIMING_TEXT_H
#define HARNESS_TIMING_TIMING_TEXT_H

#include "harness/support/text.h"
#include "harness/timing/timing.h"

/* A table of the arms, the cheapest first, and the verdicts, appended to *text. */
enum lg_status timing_text(const struct timing *timing, struct text *text, struct lg_error *error);

#endif
