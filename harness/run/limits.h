/* How much a cell may take. */
#ifndef HARNESS_RUN_LIMITS_H
#define HARNESS_RUN_LIMITS_H

#include <stddef.h>

#include "lossgrid/status.h"

/* 0: no limit. */
struct limits {
    size_t seconds;    /* of wall time, at a stretch: a cell that is gone on with has them again */
    size_t memory_mib; /* beside the data set, which all cells share */
};

/* From now on this process gets no more memory than it has and so many MiB. LG_ENVIRONMENT where
 * the system does not say how much it has. */
enum lg_status limits_hold_memory(size_t mib, struct lg_error *error);

#endif
