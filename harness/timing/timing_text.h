/* The tables of a timing for a reader. */
#ifndef HARNESS_TIMING_TIMING_TEXT_H
#define HARNESS_TIMING_TIMING_TEXT_H

#include "harness/support/text.h"
#include "harness/timing/timing.h"

/* Append to *text a table of the arms, the fastest first, and the verdicts. */
enum lg_status timing_text(const struct timing *timing, struct text *text, struct lg_error *error);

#endif
