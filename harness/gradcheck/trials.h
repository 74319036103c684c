/* Negative controls: injected faults that must be found, down to the smallest detectable. */
#ifndef HARNESS_GRADCHECK_TRIALS_H
#define HARNESS_GRADCHECK_TRIALS_H

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/fault.h"

enum { TRIALS_SIZES = 15, TRIALS_ROWS_MAX = 32 };

/* A row of injected.csv. */
struct trials_row {
    const char *fault;
    double size; /* of an entry's error by the block's largest entry; 0: as the fault is */
    size_t trials, detected, named;
};

/* Random networks in every second trial measured whole, else by samples and directions,
 * each with every fault in turn; rows: the faults, "none" (any detection is a false alarm),
 * then one wrong element by size. Trials first, first + 1, ... below `end`; adds to the
 * rows, so that threads may share the work. */
size_t trials_rows(struct trials_row rows[TRIALS_ROWS_MAX]);
enum lg_status trials_run(const struct copies *copies, uint64_t seed, size_t first, size_t end,
                          struct trials_row rows[TRIALS_ROWS_MAX], struct lg_error *error);

/* True if a row is right: every fault seen in every trial that had it, nothing seen where
 * nothing was injected. Rows with a size are a measurement, always right. */
bool trials_row_is_right(const struct trials_row *row);

#endif
