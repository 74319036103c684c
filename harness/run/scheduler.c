#include "harness/run/scheduler.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/dataset/data.h"
#include "harness/support/interrupt.h"

enum { LOOK_MS = 200 };

/* The message of a worker through its pipe: a report, or at its end an error. */
struct message {
    bool last;
    struct cell_report report;
    enum lg_status status;
    struct lg_error error;
};
_Static_assert(sizeof(struct message) <= PIPE_BUF, "a message is written whole or not at all");

struct worker {
    pid_t pid; /* 0: idle */
    int pipe;
    const struct cell *cell;
    uint64_t samples_left; /* that were counted on */
    enum lg_status status; /* its last word */
    struct lg_error error;
};

struct schedule {
    const struct cell_context *context;
    struct progress *progress;
    struct worker *workers; /* (jobs) */
    struct pollfd *polls;   /* (jobs) */
    size_t jobs, running, failed;
    int signals_passed_on;
    struct lg_error stop; /* code LG_OK: go on */
};

/* ---- In the worker ------------------------------------------------------- */

static bool send_message(int pipe, const struct message *message)
{
    return write(pipe, message, sizeof *message) == (ssize_t)sizeof *message;
}

static bool pass_report(void *state, const struct cell_report *report)
{
    struct message message = {.report = *report};
    return send_message(*(int *)state, &message) && interrupt_count() == 0;
}

static _Noreturn void work(const struct cell_context *context, const struct cell *cell, int pipe,
                           pid_t parent)
{
    /* Nobody would look after an orphan, and it would hold the folder's lock. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    struct message message = {.last = true};
    const struct cell_observer observer = {pass_report, &pipe};
    message.status = cell_train(context, cell, &observer, &message.error);
    bool sent = send_message(pipe, &message);
    _exit(sent ? lg_exit_code(message.status) : EXIT_FAILURE);
}

/* ---- In the parent ------------------------------------------------------- */

static enum lg_status start(struct schedule *schedule, const struct cell *cell,
                            struct lg_error *error)
{
    int ends[2];
    if (pipe(ends) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot make a pipe: %s", strerror(errno));
    fflush(NULL); /* or the worker would print it once more */
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        close(ends[0]);
        for (size_t i = 0; i < schedule->jobs; i++)
            if (schedule->workers[i].pid != 0)
                close(schedule->workers[i].pipe);
        work(schedule->context, cell, ends[1], parent);
    }
    int reason = errno;
    close(ends[1]);
    if (pid < 0) {
        close(ends[0]);
        return lg_fail(error, LG_ENVIRONMENT, "cannot start a process: %s", strerror(reason));
    }
    struct worker *worker = schedule->workers;
    while (worker->pid != 0)
        worker++;
    const struct experiment *experiment = schedule->context->experiment;
    *worker = (struct worker){
        .pid = pid,
        .pipe = ends[0],
        .cell = cell,
        .samples_left = data_samples(experiment, schedule->context->dataset) * experiment->epochs,
        .status = LG_FAILED,
    };
    schedule->running++;
    return LG_OK;
}

static void receive_start(struct schedule *schedule, struct worker *worker,
                          const struct cell_report *report)
{
    uint64_t there =
        data_samples(schedule->context->experiment, schedule->context->dataset) * report->epoch;
    progress_drop(schedule->progress, there);
    worker->samples_left -= there;
    if (report->note[0] != '\0')
        progress_note(schedule->progress, "cell '%s' starts again: %s", worker->cell->slug,
                      report->note);
    else if (report->epoch > 0 && !schedule->progress->quiet)
        progress_note(schedule->progress, "cell '%s' goes on after epoch %zu", worker->cell->slug,
                      report->epoch);
}

static void receive(struct schedule *schedule, struct worker *worker, const struct message *message)
{
    const struct cell_report *report = &message->report;
    if (message->last) {
        worker->status = message->status;
        worker->error = message->error;
        return;
    }
    if (report->event == CELL_STARTED) {
        receive_start(schedule, worker, report);
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

/* Ask all workers to stop, or make them. */
static void stop_all(const struct schedule *schedule, int signal_number)
{
    for (size_t i = 0; i < schedule->jobs; i++)
        if (schedule->workers[i].pid != 0)
            kill(schedule->workers[i].pid, signal_number);
}

/* A worker failed: name it and go on, or stop them all. */
static void take_failure(struct schedule *schedule, const struct worker *worker)
{
    const char *slug = worker->cell->slug;
    if (schedule->stop.code != LG_OK || interrupt_count() > 0)
        return; /* asked to */
    if (worker->status == LG_ENVIRONMENT) {
        lg_fail(&schedule->stop, LG_ENVIRONMENT, "cell '%s': %s", slug, worker->error.message);
        stop_all(schedule, SIGTERM);
        return;
    }
    schedule->failed++;
    progress_note(schedule->progress, "cell '%s' failed: %s", slug, worker->error.message);
}

/* The worker has closed its pipe: see how it ended. */
static void reap(struct schedule *schedule, struct worker *worker)
{
    int ending = 0;
    while (waitpid(worker->pid, &ending, 0) < 0 && errno == EINTR)
        ;
    close(worker->pipe);
    worker->pid = 0;
    schedule->running--;
    progress_drop(schedule->progress, worker->samples_left);
    if (worker->status == LG_OK) {
        progress_cell_done(schedule->progress, worker->cell->slug);
        return;
    }
    if (WIFSIGNALED(ending))
        lg_fail(&worker->error, LG_FAILED, "its process was ended by signal %d (%s)",
                WTERMSIG(ending), strsignal(WTERMSIG(ending)));
    else if (worker->error.message[0] == '\0')
        lg_fail(&worker->error, LG_FAILED, "its process ended without a word");
    take_failure(schedule, worker);
}

/* Wait for something to read, a signal or a moment, and take what there is. */
static void poll_workers(struct schedule *schedule)
{
    for (size_t i = 0; i < schedule->jobs; i++)
        schedule->polls[i] = (struct pollfd){
            .fd = schedule->workers[i].pid != 0 ? schedule->workers[i].pipe : -1,
            .events = POLLIN,
        };
    if (poll(schedule->polls, schedule->jobs, LOOK_MS) <= 0)
        return;
    for (size_t i = 0; i < schedule->jobs; i++) {
        struct message message;
        if (schedule->polls[i].revents == 0)
            continue;
        ssize_t got = read(schedule->polls[i].fd, &message, sizeof message);
        if (got == (ssize_t)sizeof message)
            receive(schedule, &schedule->workers[i], &message);
        else if (got >= 0 || errno != EINTR)
            reap(schedule, &schedule->workers[i]);
    }
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

enum lg_status scheduler_run(const struct cell_context *context, const struct cell *const *cells,
                             size_t count, struct progress *progress, struct lg_error *error)
{
    struct schedule schedule = {
        .context = context,
        .progress = progress,
        .jobs = context->jobs,
        .workers = calloc(context->jobs, sizeof *schedule.workers),
        .polls = calloc(context->jobs, sizeof *schedule.polls),
    };
    if (schedule.workers == NULL || schedule.polls == NULL)
        lg_fail(&schedule.stop, LG_ENVIRONMENT, "not enough memory for %zu workers", context->jobs);
    for (size_t next = 0; schedule.running > 0 || (schedule.stop.code == LG_OK && next < count);) {
        forward_signals(&schedule);
        while (schedule.stop.code == LG_OK && schedule.running < schedule.jobs && next < count)
            if (start(&schedule, cells[next], &schedule.stop) == LG_OK)
                next++;
            else
                stop_all(&schedule, SIGTERM);
        if (schedule.running > 0)
            poll_workers(&schedule);
    }
    free(schedule.workers);
    free(schedule.polls);
    if (schedule.stop.code != LG_OK) {
        *error = schedule.stop;
        return schedule.stop.code;
    }
    if (schedule.failed > 0)
        return lg_fail(error, LG_FAILED, "%zu of %zu cells failed", schedule.failed, count);
    return LG_OK;
}
