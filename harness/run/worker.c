#include "harness/run/worker.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "harness/run/channel.h"
#include "harness/support/interrupt.h"

/* ---- In the worker --------------------------------------------------------- */

/* Half a message may be on its way: whatever came behind it would be misread. */
static void insist(bool is_sent)
{
    if (!is_sent)
        _exit(WORKER_CUT_OFF);
}

static bool send_report(void *state, const struct cell_report *report)
{
    insist(channel_send_report(*(int *)state, report));
    return interrupt_count() == 0;
}

/* What is finished is handed over though a signal has come: the report after it answers that. */
static bool send_epoch(void *state, const struct store_epoch *epoch)
{
    insist(channel_send_epoch(*(int *)state, epoch));
    return true;
}

/* Memory that was short was the cell's: say so where that is by order. */
static void blame_limit(size_t memory_mib, struct lg_error *error)
{
    const struct lg_error why = *error;
    lg_fail(error, why.code, "%.160s (--cell-memory allows %zu MiB)", why.message, memory_mib);
}

static _Noreturn void work(const struct cell_context *context, int socket)
{
    const struct cell_observer observer = {send_report, send_epoch, &socket};
    const size_t memory_mib = context->limits.memory_mib;
    struct store_checkpoint checkpoint;
    struct lg_error error;
    const enum lg_status held = memory_mib > 0 ? limits_hold_memory(memory_mib, &error) : LG_OK;
    struct cell cell;
    size_t number;
    while (channel_receive_job(socket, &number, &checkpoint)) {
        struct channel_end end = {.status = held};
        if (held == LG_OK)
            end.status = experiment_cell(context->experiment, number, &cell, &end.error);
        else
            end.error = error;
        if (end.status == LG_OK)
            end.status =
                cell_train(context, &cell, &checkpoint, &observer, &end.ending, &end.error);
        if (held == LG_OK && end.status == LG_ENVIRONMENT && memory_mib > 0)
            blame_limit(memory_mib, &end.error);
        free(checkpoint.bytes);
        insist(channel_send_end(socket, &end));
    }
    _exit(EXIT_SUCCESS);
}

/* ---- In the parent --------------------------------------------------------- */

enum lg_status worker_start(const struct cell_context *context, const int *others, size_t count,
                            pid_t *pid, int *socket, struct lg_error *error)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot make a socket: %s", strerror(errno));
    fflush(NULL); /* or the worker would print it once more */
    const pid_t parent = getpid(), child = fork();
    if (child == 0) {
        /* Nobody would look after an orphan, and it would hold the folder's lock. */
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (getppid() != parent)
            _exit(EXIT_FAILURE);
        close(ends[0]);
        for (size_t i = 0; i < count; i++)
            if (others[i] >= 0)
                close(others[i]);
        work(context, ends[1]);
    }
    const int reason = errno;
    close(ends[1]);
    /* Never hand out fork's -1: kill() takes it for every process there is. */
    if (child > 0) {
        *pid = child;
        *socket = ends[0];
        return LG_OK;
    }
    close(ends[0]);
    return lg_fail(error, LG_ENVIRONMENT, "cannot start a process: %s", strerror(reason));
}
