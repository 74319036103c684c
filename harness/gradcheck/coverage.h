/* The paths of training that a check has run (include/lossgrid/path.h), in which compiled
 * copies, and the injected faults that it found in their gradients. */
#ifndef HARNESS_GRADCHECK_COVERAGE_H
#define HARNESS_GRADCHECK_COVERAGE_H

#include "harness/support/csv.h"
#include "lossgrid/backend.h"

enum { COVERAGE_COPIES_MAX = 16 };

struct coverage {
    uint64_t paths[COVERAGE_COPIES_MAX];            /* by copy, as lg_backends() has them */
    size_t put[LG_PATH_COUNT], seen[LG_PATH_COUNT]; /* faults, by path */
};

/* Note the paths by which a copy computed a gradient. */
void coverage_note(struct coverage *coverage, const struct lg_backend *backend, uint64_t paths);

/* Note a fault injected into such a gradient, and whether it was seen. */
void coverage_note_fault(struct coverage *coverage, uint64_t paths, bool seen);

void coverage_add(struct coverage *to, const struct coverage *from);

/* The paths that no copy has taken; those that some but not all copies that run here have
 * taken. */
uint64_t coverage_missing(const struct coverage *coverage);
uint64_t coverage_partial(const struct coverage *coverage);

/* True if no path was covered; true if a fault went unseen. */
bool coverage_is_empty(const struct coverage *coverage);
bool coverage_has_unseen(const struct coverage *coverage);

/* "n of m paths", those left out by name, and faults: for the terminal. */
void coverage_print(const struct coverage *coverage, struct text *text);

/* coverage.csv: a row for every path and copy that runs here. */
void coverage_write(const struct coverage *coverage, struct csv *csv);

#endif
