/* A process that trains the cells it is given until there are no more. */
#ifndef HARNESS_RUN_WORKER_H
#define HARNESS_RUN_WORKER_H

#include <sys/types.h>

#include "harness/run/cell.h"

/* Its exit code where it could not write to its parent. */
enum { WORKER_CUT_OFF = 74 };

/* Start one; *socket receives the parent's end of its channel. It lives no longer than this
 * process, whatever ends that. */
enum lg_status worker_start(const struct cell_context *context, const int *others, size_t count,
                            pid_t *pid, int *socket, struct lg_error *error);

#endif
