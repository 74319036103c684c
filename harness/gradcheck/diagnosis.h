/* The kind of mistake that a wrong block of a gradient suggests. */
#ifndef HARNESS_GRADCHECK_DIAGNOSIS_H
#define HARNESS_GRADCHECK_DIAGNOSIS_H

#include "harness/gradcheck/subject.h"

enum { DIAGNOSIS_ENTRIES_MAX = 64 };

/* Describe it in words, "" where nothing fits. analytic, numeric: the block's entries, at
 * most DIAGNOSIS_ENTRIES_MAX; entries that differ by `allowed` are the same. */
void diagnosis_make(const struct gradient_block *block, const double *analytic,
                    const long double *numeric, long double allowed, char hint[200]);

#endif
