#include "harness/store/store_run.h"

#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/store/database.h"

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- Writing --------------------------------------------------------------- */

/* Insert the spec and learn its number. */
static enum lg_status add_spec(struct store *store, const struct store_run *run, int64_t *spec,
                               struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, FIND_SPEC, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, run->text);
    database_bind_text(statement, 2, run->overrides);
    database_bind_text(statement, 3, run->dataset);
    database_bind_text(statement, 4, run->path);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        *spec = sqlite3_column_int64(statement, 0);
    else if (step != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
    if (status != LG_OK || step == SQLITE_ROW)
        return status;
    status = database_prepare(store, ADD_SPEC, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, run->text);
    database_bind_text(statement, 2, run->overrides);
    database_bind_text(statement, 3, run->dataset);
    database_bind_text(statement, 4, run->path);
    database_bind_bytes(statement, 5, run->input);
    status = database_run(store, statement, error);
    *spec = sqlite3_last_insert_rowid(store->db);
    return status;
}

static enum lg_status add_machine(struct store *store, const struct store_run *run,
                                  struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (run->facts == NULL)
        return LG_OK;
    enum lg_status status = database_prepare(store, ADD_MACHINE, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, run->machine);
    database_bind_text(statement, 2, run->facts);
    return database_run(store, statement, error);
}

enum lg_status store_add_run(struct store *store, const struct store_run *run,
                             struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    int64_t spec = 0;
    enum lg_status status = database_begin(store, error);
    if (status == LG_OK)
        status = add_spec(store, run, &spec, error);
    if (status == LG_OK)
        status = add_machine(store, run, error);
    if (status == LG_OK)
        status = database_prepare(store, ADD_RUN, &statement, error);
    if (status != LG_OK)
        return status;
    const int64_t numbers[] = {
        (int64_t)run->substituted, (int64_t)run->jobs,  (int64_t)run->shard,
        (int64_t)run->shards,      (int64_t)run->cells, (int64_t)run->selected,
        (int64_t)run->epochs,      run->started_ms,     run->seen_ms};
    database_bind_text(statement, 1, run->id);
    sqlite3_bind_int64(statement, 2, spec);
    database_bind_text(statement, 3, run->machine);
    database_bind_text(statement, 4, run->isa);
    database_bind_text(statement, 5, run->data_directory);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sqlite3_bind_int64(statement, 6 + (int)i, numbers[i]);
    return database_run(store, statement, error);
}

enum lg_status store_begin_run(struct store *store, const struct store_run *run,
                               struct lg_error *error)
{
    char text[128], sha256[LG_DIGEST_HEX];
    const int64_t now = now_ns();
    struct store_run begun = *run;
    const int size =
        snprintf(text, sizeof text, "%s %lld %ld", run->machine, (long long)now, (long)getpid());
    lg_digest_bytes(text, (size_t)size, sha256);
    snprintf(store->run, sizeof store->run, "%.*s", STORE_RUN_BYTES, sha256);
    begun.id = store->run;
    begun.started_ms = begun.seen_ms = now / 1000000;
    enum lg_status status = store_add_run(store, &begun, error);
    return status == LG_OK ? store_commit(store, error) : status;
}

/* ---- Reading --------------------------------------------------------------- */

/* Step through a statement's rows; take() gives each to whom it is for. */
static enum lg_status each_row(struct store *store, enum statement which,
                               enum lg_status (*take)(void *context, sqlite3_stmt *row,
                                                      struct lg_error *error),
                               void *context, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (store == NULL)
        return LG_OK;
    enum lg_status status = database_prepare(store, which, &statement, error);
    if (status != LG_OK)
        return status;
    int step = SQLITE_ROW;
    while (status == LG_OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        status = take(context, statement, error);
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
    return status;
}

struct run_visit {
    store_run_visitor *visit;
    void *to;
};

static size_t size_at(sqlite3_stmt *row, int column)
{
    return (size_t)sqlite3_column_int64(row, column);
}

static enum lg_status take_run(void *context, sqlite3_stmt *row, struct lg_error *error)
{
    const struct run_visit *visit = context;
    const struct store_run run = {
        .id = database_text(row, 0),
        .path = database_text(row, 1),
        .text = database_text(row, 2),
        .overrides = database_text(row, 3),
        .dataset = database_text(row, 4),
        .input = database_bytes(row, 5),
        .machine = database_text(row, 6),
        .facts = sqlite3_column_type(row, 7) == SQLITE_NULL ? NULL : database_text(row, 7),
        .isa = database_text(row, 8),
        .data_directory = database_text(row, 9),
        .substituted = sqlite3_column_int(row, 10) != 0,
        .jobs = size_at(row, 11),
        .shard = size_at(row, 12),
        .shards = size_at(row, 13),
        .cells = size_at(row, 14),
        .selected = size_at(row, 15),
        .epochs = size_at(row, 16),
        .started_ms = sqlite3_column_int64(row, 17),
        .seen_ms = sqlite3_column_int64(row, 18),
    };
    return visit->visit(visit->to, &run, error);
}

enum lg_status store_visit_runs(struct store *store, store_run_visitor *visit, void *to,
                                struct lg_error *error)
{
    struct run_visit context = {visit, to};
    return each_row(store, RUNS, take_run, &context, error);
}

struct machine_visit {
    store_machine_visitor *visit;
    void *to;
};

static enum lg_status take_machine(void *context, sqlite3_stmt *row, struct lg_error *error)
{
    const struct machine_visit *visit = context;
    return visit->visit(visit->to, database_text(row, 0), database_text(row, 1), error);
}

enum lg_status store_visit_machines(struct store *store, store_machine_visitor *visit, void *to,
                                    struct lg_error *error)
{
    struct machine_visit context = {visit, to};
    return each_row(store, MACHINES, take_machine, &context, error);
}

static enum lg_status take_counts(void *context, sqlite3_stmt *row, struct lg_error *error)
{
    struct store_counts *counts = context;
    (void)error;
    *counts = (struct store_counts){
        .done = size_at(row, 0),
        .diverged = size_at(row, 1),
        .running = size_at(row, 2),
        .stopped = size_at(row, 3),
        .failed = size_at(row, 4),
        .epochs = size_at(row, 5),
        .part_epochs = size_at(row, 6),
        .run_epochs = size_at(row, 7),
    };
    return LG_OK;
}

enum lg_status store_count(struct store *store, struct store_counts *counts, struct lg_error *error)
{
    *counts = (struct store_counts){0};
    return each_row(store, COUNTS, take_counts, counts, error);
}

struct failure_visit {
    store_failure_visitor *visit;
    void *to;
};

static enum lg_status take_failure(void *context, sqlite3_stmt *row, struct lg_error *error)
{
    const struct failure_visit *visit = context;
    return visit->visit(visit->to, database_text(row, 0), size_at(row, 1), database_text(row, 2),
                        error);
}

enum lg_status store_visit_failures(struct store *store, store_failure_visitor *visit, void *to,
                                    struct lg_error *error)
{
    struct failure_visit context = {visit, to};
    return each_row(store, FAILURES, take_failure, &context, error);
}

struct running_visit {
    store_running_visitor *visit;
    void *to;
};

static enum lg_status take_running(void *context, sqlite3_stmt *row, struct lg_error *error)
{
    const struct running_visit *visit = context;
    return visit->visit(visit->to, database_text(row, 0), size_at(row, 1), error);
}

enum lg_status store_visit_running(struct store *store, store_running_visitor *visit, void *to,
                                   struct lg_error *error)
{
    struct running_visit context = {visit, to};
    return each_row(store, RUNNING, take_running, &context, error);
}
