#include "harness/run/scheduler.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/run/channel.h"
#include "harness/run/worker.h"
#include "harness/support/clock.h"
#include "harness/support/interrupt.h"

enum { LOOK_MS = 200 };

struct worker {
    pid_t pid; /* 0: none */
    struct text inbox;
    struct cell own;         /* the last one that it was given */
    const struct cell *cell; /* that, or NULL: idle */
    int64_t id;              /* of the cell, in the store */
    uint64_t samples_left;   /* that were counted on */
    uint64_t given_ns;       /* when it was given the cell */
    bool is_late;            /* it was ended for that */
};

struct schedule {
    const struct cell_context *context;
    struct store *store;
    const char *directory;
    struct progress *progress;
    struct worker *workers; /* (jobs) */
    int *sockets;           /* (jobs) -1: none */
    struct pollfd *polls;   /* (jobs) */
    size_t jobs, busy, failed;
    uint64_t committed_ns;
    int signals_passed_on;
    struct lg_error stop; /* code LG_OK: go on */
};

/* ---- Stopping -------------------------------------------------------------- */

/* Ask all workers to stop, or make them. */
static void stop_all(const struct schedule *schedule, int signal_number)
{
    for (size_t i = 0; i < schedule->jobs; i++)
        if (schedule->workers[i].pid > 0)
            kill(schedule->workers[i].pid, signal_number);
}

/* What would meet every cell: the first reason is the one that is reported. */
static void give_up(struct schedule *schedule, const struct lg_error *why)
{
    if (schedule->stop.code != LG_OK)
        return;
    schedule->stop = *why;
    stop_all(schedule, SIGTERM);
}

/* The status of a call on the store: anything but LG_OK ends the run. */
static void check(struct schedule *schedule, enum lg_status status, const struct lg_error *error)
{
    if (status != LG_OK)
        give_up(schedule, error);
}

/* True if what comes is kept: a signal loses nothing, but after a failure of the store there
 * may be a hole before it. */
static bool keeps(const struct schedule *schedule)
{
    return schedule->stop.code == LG_OK || schedule->stop.code == LG_INTERRUPTED;
}

/* Pass the signals on: the first asks the workers to stop, the next makes them. */
static void forward_signals(struct schedule *schedule)
{
    int count = interrupt_count();
    if (count == schedule->signals_passed_on)
        return;
    stop_all(schedule, count > 1 ? SIGKILL : SIGTERM);
    schedule->signals_passed_on = count;
    if (schedule->stop.code == LG_OK)
        lg_fail(&schedule->stop, LG_INTERRUPTED, "interrupted");
}

/* ---- Giving out cells ------------------------------------------------------ */

/* What the store has of the cell, made ready for more: its number, and where to go on from. */
static enum lg_status open_cell(struct schedule *schedule, const struct cell *cell, int64_t *id,
                                struct store_checkpoint *checkpoint, struct lg_error *error)
{
    const struct store_cell what = {schedule->directory,
                                    cell->key,
                                    schedule->context->dataset->info->name,
                                    cell->slug,
                                    schedule->context->experiment->epochs,
                                    cell->number + 1};
    struct store_found found;
    char why[STORE_WHY_MAX] = "";
    *checkpoint = (struct store_checkpoint){0};
    enum lg_status status = store_look(schedule->store, &what, &found, error);
    if (status == LG_OK && found.state == STORE_ABSENT)
        return store_begin(schedule->store, &what, id, error);
    *id = found.id;
    if (status == LG_OK)
        status = store_resume(schedule->store, found.id, checkpoint, why, error);
    if (status == LG_OK && why[0] != '\0')
        progress_note(schedule->progress, "cell '%s' starts again: %s", cell->slug, why);
    return status == LG_OK ? store_cut(schedule->store, found.id, checkpoint->epoch, error)
                           : status;
}

static void reap(struct schedule *schedule, size_t i, const char *doing, int reason);

/* Give the cell of that number to the idle worker i, started if need be. */
static enum lg_status give(struct schedule *schedule, size_t i, size_t number,
                           struct lg_error *error)
{
    const struct experiment *experiment = schedule->context->experiment;
    struct worker *worker = &schedule->workers[i];
    struct store_checkpoint checkpoint;
    enum lg_status status = experiment_cell(experiment, number, &worker->own, error);
    if (status != LG_OK)
        return status;
    status = open_cell(schedule, &worker->own, &worker->id, &checkpoint, error);
    if (status == LG_OK && worker->pid == 0)
        status = worker_start(schedule->context, schedule->sockets, schedule->jobs, &worker->pid,
                              &schedule->sockets[i], error);
    if (status == LG_OK) {
        worker->cell = &worker->own;
        worker->samples_left =
            data_samples(experiment, schedule->context->dataset) * experiment->epochs;
        worker->given_ns = clock_wall_ns();
        worker->is_late = false;
        schedule->busy++;
        if (!channel_send_job(schedule->sockets[i], number, &checkpoint))
            reap(schedule, i, "write to", errno);
    }
    free(checkpoint.bytes);
    return status;
}

/* The index of a worker that has no cell; jobs: all have one. */
static size_t idle_worker(const struct schedule *schedule)
{
    size_t i = 0;
    while (i < schedule->jobs && schedule->workers[i].cell != NULL)
        i++;
    return i;
}

/* ---- Taking what comes ----------------------------------------------------- */

static void take_start(struct schedule *schedule, struct worker *worker,
                       const struct cell_report *report)
{
    const uint64_t there =
        data_samples(schedule->context->experiment, schedule->context->dataset) * report->epoch;
    struct lg_error error;
    progress_drop(schedule->progress, there);
    worker->samples_left -= there;
    if (report->note[0] != '\0') {
        progress_note(schedule->progress, "cell '%s' starts again: %s", worker->cell->slug,
                      report->note);
        check(schedule, store_cut(schedule->store, worker->id, 0, &error), &error);
    } else if (report->epoch > 0 && !schedule->progress->quiet) {
        progress_note(schedule->progress, "cell '%s' goes on after epoch %zu", worker->cell->slug,
                      report->epoch);
    }
}

static void take_report(struct schedule *schedule, struct worker *worker,
                        const struct cell_report *report)
{
    if (report->event == CELL_STARTED) {
        take_start(schedule, worker, report);
        return;
    }
    if (report->event == CELL_DIVERGED) {
        progress_note(schedule->progress, "cell '%s' %s", worker->cell->slug, report->note);
        return;
    }
    const struct progress_place place = {
        .cell = worker->cell->slug,
        .epoch = report->epoch,
        .epochs = schedule->context->experiment->epochs,
        .loss = report->loss,
        .epoch_finished = report->event == CELL_EPOCH,
    };
    worker->samples_left -= report->samples;
    progress_advance(schedule->progress, report->samples, &place);
}

/* A cell failed: name it and go on. */
static void take_failure(struct schedule *schedule, struct worker *worker,
                         const struct lg_error *why)
{
    struct lg_error error;
    if (schedule->stop.code != LG_OK || interrupt_count() > 0)
        return; /* asked to */
    schedule->failed++;
    progress_note(schedule->progress, "cell '%s' failed: %s", worker->cell->slug, why->message);
    check(schedule, store_note(schedule->store, worker->id, why->message, &error), &error);
}

/* The worker is done with its cell. */
static void take_end(struct schedule *schedule, struct worker *worker,
                     const struct channel_end *end)
{
    struct lg_error error;
    progress_drop(schedule->progress, worker->samples_left);
    if (end->status == LG_OK && keeps(schedule)) {
        check(
            schedule,
            store_finish(schedule->store, worker->id, end->ending.epochs, end->ending.how, &error),
            &error);
        progress_cell_done(schedule->progress, worker->cell->slug);
    } else if (end->status != LG_OK) {
        take_failure(schedule, worker, &end->error);
    }
    worker->cell = NULL;
    schedule->busy--;
}

/* All that is whole in the inbox. */
static void take_messages(struct schedule *schedule, struct worker *worker)
{
    struct channel_message message;
    struct lg_error error;
    size_t at = 0;
    for (;;) {
        channel_next(&worker->inbox, at, &message);
        if (message.kind == CHANNEL_NOTHING || worker->cell == NULL)
            break;
        if (message.kind == CHANNEL_REPORT)
            take_report(schedule, worker, &message.report);
        else if (message.kind == CHANNEL_END)
            take_end(schedule, worker, &message.end);
        else if (keeps(schedule))
            check(schedule, store_add(schedule->store, worker->id, &message.epoch, &error), &error);
        at += message.size;
    }
    if (at > 0) {
        memmove(worker->inbox.bytes, worker->inbox.bytes + at, worker->inbox.size - at);
        worker->inbox.size -= at;
    }
}

/* The worker has closed its socket (reason 0), or cannot be reached any more (doing what, and an
 * errno): see how it ended. */
static void reap(struct schedule *schedule, size_t i, const char *doing, int reason)
{
    struct worker *worker = &schedule->workers[i];
    struct channel_end end = {.status = LG_FAILED};
    int ending = 0;
    if (reason != 0)
        kill(worker->pid, SIGKILL); /* or it would wait for this, and this for its end */
    while (waitpid(worker->pid, &ending, 0) < 0 && errno == EINTR)
        ;
    if (schedule->sockets[i] >= 0)
        close(schedule->sockets[i]);
    schedule->sockets[i] = -1;
    worker->pid = 0;
    text_free(&worker->inbox);
    if (worker->is_late)
        lg_fail(&end.error, LG_FAILED, "it took longer than %zu s (--cell-time)",
                schedule->context->limits.seconds);
    else if (reason != 0)
        lg_fail(&end.error, LG_FAILED, "cannot %s its process: %s", doing, strerror(reason));
    else if (WIFSIGNALED(ending))
        lg_fail(&end.error, LG_FAILED, "its process was ended by signal %d (%s)", WTERMSIG(ending),
                strsignal(WTERMSIG(ending)));
    else if (WEXITSTATUS(ending) == WORKER_CUT_OFF)
        lg_fail(&end.error, LG_FAILED, "its process could not write to this one");
    else if (ending != 0)
        lg_fail(&end.error, LG_FAILED, "its process ended with exit code %d", WEXITSTATUS(ending));
    else
        lg_fail(&end.error, LG_FAILED, "its process ended without a word");
    if (worker->cell != NULL)
        take_end(schedule, worker, &end);
}

/* Wait for something to read, a signal or a moment. False when there is nothing. */
static bool wait_for_workers(const struct schedule *schedule)
{
    const struct timespec moment = {.tv_nsec = LOOK_MS * 1000000L};
    for (size_t i = 0; i < schedule->jobs; i++)
        schedule->polls[i] = (struct pollfd){.fd = schedule->sockets[i], .events = POLLIN};
    const int ready = poll(schedule->polls, schedule->jobs, LOOK_MS);
    if (ready >= 0 || errno == EINTR)
        return ready > 0;
    /* No memory to wait, say: look at all of them, every now and then. */
    for (size_t i = 0; i < schedule->jobs; i++)
        schedule->polls[i].revents = POLLIN;
    nanosleep(&moment, NULL);
    return true;
}

/* Take what there is. */
static void poll_workers(struct schedule *schedule)
{
    struct lg_error error;
    if (!wait_for_workers(schedule))
        return;
    for (size_t i = 0; i < schedule->jobs; i++) {
        if (schedule->polls[i].revents == 0 || schedule->sockets[i] < 0)
            continue;
        struct worker *worker = &schedule->workers[i];
        int reason;
        const bool is_open = channel_read(schedule->sockets[i], &worker->inbox, &reason);
        check(schedule, text_check(&worker->inbox, &error), &error);
        take_messages(schedule, worker);
        if (!is_open)
            reap(schedule, i, "read from", reason);
    }
}

/* End the workers whose cells take longer than a cell may; their sockets then say so. */
static void end_late(struct schedule *schedule)
{
    const uint64_t most_ns = schedule->context->limits.seconds * 1000000000ull;
    const uint64_t now = clock_wall_ns();
    for (size_t i = 0; most_ns > 0 && i < schedule->jobs; i++) {
        struct worker *worker = &schedule->workers[i];
        if (worker->cell == NULL || worker->is_late || worker->pid <= 0)
            continue;
        if (worker->given_ns == 0) /* the clock failed then */
            worker->given_ns = now;
        if (now <= worker->given_ns || now - worker->given_ns < most_ns)
            continue;
        worker->is_late = true;
        kill(worker->pid, SIGKILL);
    }
}

static void commit(struct schedule *schedule)
{
    struct lg_error error;
    check(schedule, store_commit(schedule->store, &error), &error);
    schedule->committed_ns = clock_wall_ns();
}

static void commit_in_time(struct schedule *schedule)
{
    if (clock_wall_ns() - schedule->committed_ns >= SCHEDULER_COMMIT_MS * 1000000ull)
        commit(schedule);
}

/* ---- The whole ------------------------------------------------------------- */

/* Idle workers see the end of their channel and leave. */
static void dismiss(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->jobs; i++)
        if (schedule->workers[i].pid != 0) {
            /* One of the two may fail, and the worker would wait for ever. */
            shutdown(schedule->sockets[i], SHUT_RDWR);
            close(schedule->sockets[i]);
            schedule->sockets[i] = -1;
            reap(schedule, i, "", 0);
        }
}

static void run_cells(struct schedule *schedule, const struct plan *plan)
{
    struct plan_cursor cursor = {0};
    size_t next = 0;
    struct lg_error error;
    bool is_left = plan_next(plan, &cursor, &next);
    while (schedule->busy > 0 || (schedule->stop.code == LG_OK && is_left)) {
        forward_signals(schedule);
        while (schedule->stop.code == LG_OK && is_left && schedule->busy < schedule->jobs) {
            const enum lg_status status = give(schedule, idle_worker(schedule), next, &error);
            check(schedule, status, &error);
            if (status == LG_OK)
                is_left = plan_next(plan, &cursor, &next);
        }
        if (schedule->busy > 0)
            poll_workers(schedule);
        end_late(schedule);
        commit_in_time(schedule);
    }
}

enum lg_status scheduler_run(const struct cell_context *context, struct store *store,
                             const char *directory, const struct plan *plan,
                             struct progress *progress, struct lg_error *error)
{
    struct schedule schedule = {
        .context = context,
        .store = store,
        .directory = directory,
        .progress = progress,
        .jobs = context->jobs,
        .workers = calloc(context->jobs, sizeof *schedule.workers),
        .sockets = calloc(context->jobs, sizeof *schedule.sockets),
        .polls = calloc(context->jobs, sizeof *schedule.polls),
        .committed_ns = clock_wall_ns(),
    };
    if (schedule.workers == NULL || schedule.polls == NULL || schedule.sockets == NULL) {
        lg_fail(&schedule.stop, LG_ENVIRONMENT, "not enough memory for %zu workers", context->jobs);
    } else {
        for (size_t i = 0; i < context->jobs; i++)
            schedule.sockets[i] = -1;
        run_cells(&schedule, plan);
        dismiss(&schedule);
        commit(&schedule);
    }
    free(schedule.workers);
    free(schedule.sockets);
    free(schedule.polls);
    if (schedule.stop.code != LG_OK) {
        *error = schedule.stop;
        return schedule.stop.code;
    }
    if (schedule.failed > 0)
        return lg_fail(error, LG_FAILED, "%zu of %zu cells failed", schedule.failed,
                       plan->train_count);
    return LG_OK;
}
