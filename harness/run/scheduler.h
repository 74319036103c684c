/* Train cells in processes that live as long as the run, several at once. */
#ifndef HARNESS_RUN_SCHEDULER_H
#define HARNESS_RUN_SCHEDULER_H

#include <stddef.h>

#include "harness/run/cell.h"
#include "harness/run/plan.h"
#include "harness/store/store.h"
#include "harness/support/progress.h"

/* What is committed at once, at most: a run that is killed loses no more. */
enum { SCHEDULER_COMMIT_MS = 200 };

/* Train the cells that the plan leaves into the store, at most context->jobs at once, each
 * worker one after the other. A cell that fails, whose memory is short, whose process dies or that
 * takes longer than context->limits allow is named with its reason, which the store keeps, another
 * process takes its place, and the others go on; LG_FAILED at the end. LG_ENVIRONMENT (a full disk,
 * no process to be had) would meet every cell: all are stopped. LG_INTERRUPTED after a signal: all
 * are stopped, and a second signal does not wait for them. What was finished is committed in any
 * case. */
enum lg_status scheduler_run(const struct cell_context *context, struct store *store,
                             const char *directory, const struct plan *plan,
                             struct progress *progress, struct lg_error *error);

#endif
