/* Parts that batch methods share. */
#ifndef LG_OPTIMIZER_BATCH_METHOD_H
#define LG_OPTIMIZER_BATCH_METHOD_H

#include <stdbool.h>
#include <stddef.h>

#include "engine/optimizer/optimizer.h"

/* The first scalar of every batch method: 1 after a step that left w where it was. */
enum { BATCH_METHOD_STAYED };

/* True if loss and gradient are finite: x - x is 0 for finite x alone. */
static inline bool batch_method_is_finite(const struct problem *problem)
{
    real difference = 0;
    for (size_t i = 0; i < problem->n; i++)
        difference += problem->gradient[i] - problem->gradient[i];
    return problem->loss - problem->loss == 0 && difference == 0;
}

static inline void batch_method_copy(size_t n, real *restrict to, const real *restrict from)
{
    for (size_t i = 0; i < n; i++)
        to[i] = from[i];
}

#endif
