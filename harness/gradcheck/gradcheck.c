#include "harness/gradcheck/gradcheck.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/clock.h"
#include "harness/support/interrupt.h"
#include "harness/support/output.h"
#include "harness/support/progress.h"

/* Networks in one piece of the trials: pieces are handed out like items. */
enum { TRIALS_PIECE = 5 };

/* Ways that the threads share. */
struct shared {
    struct gradcheck *gradcheck;
    pthread_mutex_t mutex;
    size_t next, total, finished; /* items, then pieces of trials */
    size_t running;
    enum lg_status status;
    struct lg_error *error;
};

static void add_rows(struct gradcheck *gradcheck, const struct trials_row *rows)
{
    for (size_t i = 0; i < gradcheck->row_count; i++) {
        gradcheck->rows[i].trials += rows[i].trials;
        gradcheck->rows[i].detected += rows[i].detected;
        gradcheck->rows[i].named += rows[i].named;
    }
}

/* The last items are the longest, and come first. */
static enum lg_status do_piece(struct shared *shared, size_t piece, struct lg_error *error)
{
    struct gradcheck *g = shared->gradcheck;
    if (piece < g->items.count) {
        const size_t item = g->items.count - 1 - piece;
        const enum lg_status status =
            items_check(&g->copies, &g->items, item, g->seed, g->fault, &g->results[item], error);
        g->done[item] = status == LG_OK;
        return status;
    }
    const size_t first = (piece - g->items.count) * TRIALS_PIECE;
    const size_t end = first + TRIALS_PIECE < g->trials ? first + TRIALS_PIECE : g->trials;
    struct trials_row rows[TRIALS_ROWS_MAX];
    trials_rows(rows);
    const enum lg_status status = trials_run(&g->copies, g->seed, first, end, rows, error);
    pthread_mutex_lock(&shared->mutex);
    add_rows(g, rows);
    pthread_mutex_unlock(&shared->mutex);
    return status;
}

static void *work(void *argument)
{
    struct shared *shared = argument;
    pthread_mutex_lock(&shared->mutex);
    while (shared->next < shared->total && shared->status == LG_OK && interrupt_count() == 0) {
        const size_t piece = shared->next++;
        struct lg_error error = {.code = LG_OK};
        pthread_mutex_unlock(&shared->mutex);
        const enum lg_status status = do_piece(shared, piece, &error);
        pthread_mutex_lock(&shared->mutex);
        shared->finished++;
        if (status != LG_OK && shared->status == LG_OK) {
            shared->status = status;
            *shared->error = error;
        }
    }
    shared->running--;
    pthread_mutex_unlock(&shared->mutex);
    return NULL;
}

/* "gradcheck: 120 of 450, 14 s left", while threads are at work. */
static void watch(struct shared *shared)
{
    const bool shown = !shared->gradcheck->quiet && isatty(STDERR_FILENO);
    const uint64_t began = clock_wall_ns();
    for (bool running = true; running; usleep(100000)) {
        pthread_mutex_lock(&shared->mutex);
        const size_t finished = shared->finished;
        running = shared->running > 0;
        pthread_mutex_unlock(&shared->mutex);
        if (!shown)
            continue;
        char left[32];
        const double elapsed_s = (double)(clock_wall_ns() - began) * 1e-9;
        progress_format_duration(
            progress_seconds_left(finished, shared->total - finished, elapsed_s), left);
        output_overwrite(false, "gradcheck: %zu of %zu checks, %s left", finished, shared->total,
                         left);
        fflush(stderr);
    }
    if (shown)
        fputs("\r\033[K", stderr);
}

static enum lg_status run_threads(struct shared *shared, pthread_t *threads, struct lg_error *error)
{
    const size_t jobs = shared->gradcheck->jobs;
    for (size_t i = 0; i < jobs; i++) {
        pthread_mutex_lock(&shared->mutex);
        shared->running++;
        pthread_mutex_unlock(&shared->mutex);
        if (pthread_create(&threads[i], NULL, work, shared) != 0) {
            pthread_mutex_lock(&shared->mutex);
            shared->running--;
            shared->next = shared->total;
            pthread_mutex_unlock(&shared->mutex);
            for (size_t j = 0; j < i; j++)
                pthread_join(threads[j], NULL);
            return lg_fail(error, LG_ENVIRONMENT, "cannot start thread %zu", i + 1);
        }
    }
    watch(shared);
    for (size_t i = 0; i < jobs; i++)
        pthread_join(threads[i], NULL);
    return shared->status;
}

enum lg_status gradcheck_run(struct gradcheck *g, struct lg_error *error)
{
    struct lg_error own = {.code = LG_OK};
    struct shared shared = {.gradcheck = g, .error = &own};
    const uint64_t began = clock_wall_ns();
    shared.total = g->items.count + (g->trials + TRIALS_PIECE - 1) / TRIALS_PIECE;
    g->row_count = g->trials > 0 ? trials_rows(g->rows) : 0;
    g->results = calloc(g->items.count + 1, sizeof *g->results);
    g->done = calloc(g->items.count + 1, sizeof *g->done);
    pthread_t *threads = calloc(g->jobs, sizeof *threads);
    enum lg_status status = LG_OK;
    const bool is_there = g->results != NULL && g->done != NULL && threads != NULL;
    if (!is_there)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a gradient check");
    interrupt_catch();
    pthread_mutex_init(&shared.mutex, NULL);
    if (is_there)
        status = run_threads(&shared, threads, error);
    pthread_mutex_destroy(&shared.mutex);
    free(threads);
    if (shared.status != LG_OK && error != NULL)
        *error = own;
    g->seconds = (double)(clock_wall_ns() - began) * 1e-9;
    g->is_cut_short = interrupt_count() > 0;
    if (status == LG_OK && g->is_cut_short)
        return lg_fail(error, LG_INTERRUPTED, "interrupted after %zu of %zu checks",
                       shared.finished, shared.total);
    return status;
}

struct gradcheck_totals gradcheck_totals(const struct gradcheck *g)
{
    struct gradcheck_totals totals = {.subjects = 0};
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        if (!g->done[i])
            continue;
        totals.subjects += i == 0 || !result_same_subject(r, r - 1);
        totals.blocks += r->block_count;
        totals.checked += r->checked;
        totals.certified += r->certified;
        totals.skipped += r->skipped;
        totals.cancelled += r->cancelled;
        coverage_add(&totals.coverage, &r->coverage);
        totals.failed += r->failed;
        totals.dead += r->dead;
        totals.lifeless += result_is_lifeless(r);
    }
    for (size_t i = 0; i < g->row_count; i++)
        totals.unseen += g->rows[i].trials == 0 || !trials_row_is_right(&g->rows[i]);
    return totals;
}

/* Every subject that could have the fault has to fail. */
static bool is_seen_everywhere(const struct gradcheck *g)
{
    bool seen = false;
    for (size_t i = 0; i < g->items.count; i++) {
        const struct result *r = &g->results[i];
        if (!g->done[i] || r->unchecked == r->block_count)
            continue;
        if (r->failed == 0)
            return false;
        seen = true;
    }
    return seen;
}

bool gradcheck_is_right(const struct gradcheck *g)
{
    const struct gradcheck_totals totals = gradcheck_totals(g);
    if (g->fault != NULL)
        return is_seen_everywhere(g);
    return !g->is_cut_short && totals.failed == 0 && totals.unseen == 0 && totals.lifeless == 0 &&
           totals.checked > 0;
}

void gradcheck_free(struct gradcheck *g)
{
    for (size_t i = 0; g->results != NULL && i < g->items.count; i++)
        result_free(&g->results[i]);
    free(g->results);
    free(g->done);
    items_free(&g->items);
    g->results = NULL;
    g->done = NULL;
}
