/* Train cells in processes of their own, several at once. */
#ifndef HARNESS_RUN_SCHEDULER_H
#define HARNESS_RUN_SCHEDULER_H

#include <stddef.h>

#include "harness/run/cell.h"
#include "harness/support/progress.h"

/* Train cells[0..count), at most context->jobs at once, each in a process of its own. A
 * cell whose process fails or dies is named with its reason, and the others go on;
 * LG_FAILED at the end. LG_ENVIRONMENT (such as a full disk) concerns every cell: all are
 * stopped. LG_INTERRUPTED after a signal: all are stopped, and a second signal does not
 * wait for them. */
enum lg_status scheduler_run(const struct cell_context *context, const struct cell *const *cells,
                             size_t count, struct progress *progress, struct lg_error *error);

#endif
