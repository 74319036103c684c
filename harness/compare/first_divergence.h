/* The first divergence of the traces next to two folders of timings. */
#ifndef HARNESS_COMPARE_FIRST_DIVERGENCE_H
#define HARNESS_COMPARE_FIRST_DIVERGENCE_H

#include "harness/support/text.h"

/* Append a sentence: the first cell, epoch and column in which the trace.csv of both
 * folders differ (in the folder itself or the one above it, where `lossgrid time` puts its
 * own), or the reason why it is unknown. */
void first_divergence_find(const char *here, const char *there, struct text *sentence);

#endif
