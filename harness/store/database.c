#include "harness/store/database.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* "LGrd": says of a file of SQLite whose it is. */
enum { APPLICATION = 0x4c477264, VERSION = 4, BUSY_MS = 5000 };

static const char schema[] =
    "CREATE TABLE cell (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, key TEXT NOT NULL,"
    " dataset TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, epochs INTEGER NOT NULL DEFAULT 0,"
    " seal TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '',"
    /* The run that began it or went on with it last, and the epochs that it then had. */
    " run TEXT NOT NULL DEFAULT '', since INTEGER NOT NULL DEFAULT 0,"
    /* In the grid of the numbering below: places.c. */
    " number INTEGER);"
    "CREATE INDEX place ON cell (number);"
    "CREATE TABLE numbering (sha256 TEXT NOT NULL);"
    "CREATE TABLE epoch (cell INTEGER NOT NULL, epoch INTEGER NOT NULL, trace BLOB NOT NULL,"
    " timing BLOB NOT NULL, image BLOB, parameters BLOB, evaluations BLOB, seal TEXT NOT NULL,"
    " PRIMARY KEY (cell, epoch));"
    "CREATE TABLE checkpoint (cell INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,"
    " weights_sha256 TEXT NOT NULL, state BLOB NOT NULL, sha256 TEXT NOT NULL);"
    "CREATE TABLE machine (id TEXT PRIMARY KEY, facts TEXT NOT NULL);"
    "CREATE TABLE spec (id INTEGER PRIMARY KEY, text TEXT NOT NULL, overrides TEXT NOT NULL,"
    " dataset TEXT NOT NULL, path TEXT NOT NULL, input BLOB);"
    "CREATE TABLE run (id TEXT PRIMARY KEY, spec INTEGER NOT NULL, machine TEXT NOT NULL,"
    " isa TEXT NOT NULL, data_directory TEXT NOT NULL, substituted INTEGER NOT NULL,"
    " jobs INTEGER NOT NULL, shard INTEGER NOT NULL, shards INTEGER NOT NULL,"
    " cells INTEGER NOT NULL, selected INTEGER NOT NULL, epochs INTEGER NOT NULL,"
    " started_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL);";

/* The run that began last. */
#define LAST_RUN "(SELECT id FROM run ORDER BY started_ms DESC, id DESC LIMIT 1)"

#define LISTED                                                                                     \
    "SELECT cell.id, slug, key, dataset, cell.state, epochs, seal, why,"                           \
    " coalesce(checkpoint.epoch, 0) FROM cell LEFT JOIN checkpoint ON checkpoint.cell = cell.id"

static const char *const text_of[STATEMENTS] = {
    [LOOK] = "SELECT id, key, dataset, state, epochs, why FROM cell WHERE slug = ?",
    [BEGIN_CELL] = "INSERT INTO cell (slug, key, dataset, run, number) VALUES (?, ?, ?, ?, ?)",
    [CELL] = "SELECT key, dataset, slug, state, epochs, seal FROM cell WHERE id = ?",
    [CUT_EPOCHS] = "DELETE FROM epoch WHERE cell = ? AND epoch > ?",
    [CUT_CHECKPOINT] = "DELETE FROM checkpoint WHERE cell = ? AND epoch > ?",
    [DROP_CHECKPOINT] = "DELETE FROM checkpoint WHERE cell = ? AND epoch < ?",
    [CUT_CELL] = ("UPDATE cell SET state = 0, seal = '', why = '', epochs = min(epochs, ?2),"
                  " run = ?3, since = min(epochs, ?2) WHERE id = ?1"),
    [REMOVE_CELL] = "DELETE FROM cell WHERE id = ?",
    [ADD] = ("INSERT INTO epoch (cell, epoch, trace, timing, image, parameters, evaluations, seal) "
             "VALUES (?, ?, ?, ?, ?, ?, ?, ?)"),
    [COUNT_EPOCH] = "UPDATE cell SET epochs = ?2, why = '' WHERE id = ?1 AND epochs = ?2 - 1",
    [KEEP] = ("INSERT OR REPLACE INTO checkpoint (cell, epoch, weights_sha256, state, sha256) "
              "VALUES (?, ?, ?, ?, ?)"),
    [FINISH] = "UPDATE cell SET state = ?2, seal = ?3, why = '' WHERE id = ?1 AND epochs = ?4",
    [NOTE] = "UPDATE cell SET why = ?2 WHERE id = ?1",
    [SEAL] = "SELECT seal FROM epoch WHERE cell = ? AND epoch = ?",
    [EPOCHS] = ("SELECT epoch, trace, timing, image, parameters, evaluations, seal FROM epoch "
                "WHERE cell = ?"
                " ORDER BY epoch"),
    [CHECKPOINT] = "SELECT epoch, weights_sha256, state, sha256 FROM checkpoint WHERE cell = ?",
    [CHECKPOINT_EPOCH] = "SELECT epoch FROM checkpoint WHERE cell = ?",
    [ALL] = "SELECT id, slug FROM cell ORDER BY id",
    [NAMES] = "SELECT id, slug, key, dataset FROM cell",
    [SET_NUMBER] = "UPDATE cell SET number = ?2 WHERE id = ?1",
    [SET_NUMBERING] = "INSERT INTO numbering (sha256) VALUES (?)",
    [NUMBERED] = ("SELECT EXISTS (SELECT 1 FROM numbering WHERE sha256 = ?)"
                  " AND NOT EXISTS (SELECT 1 FROM cell WHERE number IS NULL)"),
    [FIRST_FOREIGN] = "SELECT number FROM cell WHERE number <= ? ORDER BY number DESC LIMIT 1",
    [PLACES] = ("SELECT number, id, slug, state, epochs, why FROM cell"
                " WHERE number IS NOT NULL AND number <> -1 ORDER BY number"),
    [LIST] = (LISTED " ORDER BY cell.id"),
    [LIST_ONE] = (LISTED " WHERE slug = ?"),
    [ONE_EPOCH] =
        ("SELECT epoch, trace, timing, image, parameters, evaluations FROM epoch WHERE cell = ?"
         " AND epoch = ?"),
    [FIND_SPEC] = ("SELECT id FROM spec WHERE text = ? AND overrides = ? AND dataset = ?"
                   " AND path = ?"),
    [ADD_SPEC] = ("INSERT INTO spec (text, overrides, dataset, path, input)"
                  " VALUES (?, ?, ?, ?, ?)"),
    [ADD_MACHINE] = "INSERT OR IGNORE INTO machine (id, facts) VALUES (?, ?)",
    [ADD_RUN] = ("INSERT OR IGNORE INTO run (id, spec, machine, isa, data_directory, substituted,"
                 " jobs, shard, shards, cells, selected, epochs, started_ms, seen_ms)"
                 " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"),
    [SEE_RUN] = "UPDATE run SET seen_ms = ? WHERE id = ?",
    [RUNS] = ("SELECT run.id, path, text, overrides, dataset, input, machine, facts, isa,"
              " data_directory, substituted, jobs, shard, shards, cells, selected, epochs,"
              " started_ms, seen_ms FROM run JOIN spec ON spec.id = run.spec"
              " LEFT JOIN machine ON machine.id = run.machine ORDER BY started_ms, run.id"),
    [MACHINES] = "SELECT id, facts FROM machine ORDER BY id",
    [COUNTS] =
        ("SELECT total(state = 1 OR state = 3), total(state = 2),"
         " total(state = 0 AND why = '' AND run = last),"
         " total(state = 0 AND why = '' AND run <> last), total(state = 0 AND why <> ''),"
         " total(epochs), total(epochs * (state = 0)), total((epochs - since) * (run = last))"
         " FROM cell, (SELECT coalesce(" LAST_RUN ", '') AS last)"),
    [RUNNING] = ("SELECT slug, epochs FROM cell WHERE state = 0 AND why = '' AND run = " LAST_RUN
                 " ORDER BY id"),
    [FAILURES] = ("SELECT why, count(*), slug, min(id) FROM cell WHERE state = 0 AND why <> ''"
                  " GROUP BY why ORDER BY count(*) DESC, min(id)"),
};

/* ---- Failures -------------------------------------------------------------- */

enum lg_status database_fail(const struct store *store, struct lg_error *error)
{
    const int code = sqlite3_errcode(store->db);
    const int system = sqlite3_system_errno(store->db);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return lg_fail(error, LG_ENVIRONMENT, "cannot write %s: %s", store->path, strerror(ENOSPC));
    case SQLITE_ERROR: /* no such table */
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_SCHEMA:
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
        return lg_fail_at(error, LG_INPUT, store->path, 0, 0,
                          "damaged, or no file of lossgrid's: %s; --out DIR begins another folder",
                          sqlite3_errmsg(store->db));
    default: /* reading, writing, locking, memory */
        return lg_fail(error, LG_ENVIRONMENT, "cannot use %s: %s", store->path,
                       system != 0 ? strerror(system) : sqlite3_errmsg(store->db));
    }
}

enum lg_status database_execute(struct store *store, const char *text, struct lg_error *error)
{
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK
               ? LG_OK
               : database_fail(store, error);
}

/* A whole number that a statement gives. */
static enum lg_status ask(struct store *store, const char *text, int64_t *number,
                          struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = LG_OK;
    *number = 0;
    if (sqlite3_prepare_v2(store->db, text, -1, &statement, NULL) != SQLITE_OK ||
        sqlite3_step(statement) != SQLITE_ROW)
        status = database_fail(store, error);
    else
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

enum lg_status store_hold(struct store *store, struct lg_error *error)
{
    if (store == NULL || store->is_open || store->is_held)
        return LG_OK;
    enum lg_status status = database_execute(store, "BEGIN", error);
    store->is_held = status == LG_OK;
    return status;
}

void store_release(struct store *store)
{
    if (store == NULL || !store->is_held)
        return;
    store->is_held = false;
    /* Nothing was written: there is nothing that could be lost. */
    (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
}

enum lg_status database_begin(struct store *store, struct lg_error *error)
{
    if (store->is_open)
        return LG_OK;
    store_release(store);
    enum lg_status status = database_execute(store, "BEGIN IMMEDIATE", error);
    store->is_open = status == LG_OK;
    return status;
}

/* ---- Statements ------------------------------------------------------------ */

/* Ready to be bound. */
enum lg_status database_prepare(struct store *store, enum statement which, sqlite3_stmt **statement,
                                struct lg_error *error)
{
    sqlite3_stmt **kept = &store->statements[which];
    if (*kept == NULL && sqlite3_prepare_v3(store->db, text_of[which], -1,
                                            SQLITE_PREPARE_PERSISTENT, kept, NULL) != SQLITE_OK)
        return database_fail(store, error);
    *statement = *kept;
    return LG_OK;
}

void database_bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

void database_bind_bytes(sqlite3_stmt *statement, int at, struct store_bytes bytes)
{
    if (bytes.bytes == NULL)
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_blob64(statement, at, bytes.bytes, bytes.size, SQLITE_STATIC);
}

void database_done(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* Run a bound statement that gives no row. */
enum lg_status database_run(struct store *store, sqlite3_stmt *statement, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
    return status;
}

/* A statement of a cell's number and one more. */
enum lg_status database_run_with(struct store *store, enum statement which, int64_t id,
                                 size_t number, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, which, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, (int64_t)number);
    return database_run(store, statement, error);
}

const char *database_text(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}

enum store_state database_state(int word)
{
    static const enum store_state states[] = {[STATE_DONE] = STORE_DONE,
                                              [STATE_DIVERGED] = STORE_DIVERGED,
                                              [STATE_STOPPED] = STORE_STOPPED};
    return word > STATE_PART && word <= STATE_STOPPED ? states[word] : STORE_PART;
}

struct store_bytes database_bytes(sqlite3_stmt *statement, int column)
{
    const void *bytes = sqlite3_column_blob(statement, column);
    const bool is_null = sqlite3_column_type(statement, column) == SQLITE_NULL;
    return (struct store_bytes){.bytes = is_null         ? NULL
                                         : bytes != NULL ? bytes
                                                         : "",
                                .size = (size_t)sqlite3_column_bytes(statement, column)};
}

/* ---- Opening --------------------------------------------------------------- */

static enum lg_status check_version(struct store *store, struct lg_error *error)
{
    int64_t application, version;
    enum lg_status status = ask(store, "PRAGMA application_id", &application, error);
    if (status == LG_OK)
        status = ask(store, "PRAGMA user_version", &version, error);
    if (status == LG_OK && application != APPLICATION)
        status = lg_fail_at(error, LG_INPUT, store->path, 0, 0, "no file of lossgrid's");
    if (status == LG_OK && version != VERSION)
        status = lg_fail_at(error, LG_INPUT, store->path, 0, 0,
                            "found a store of version %lld, expected %d: --out DIR begins another "
                            "folder",
                            (long long)version, (int)VERSION);
    return status;
}

static enum lg_status make_tables(struct store *store, struct lg_error *error)
{
    char version[128];
    snprintf(version, sizeof version, "PRAGMA application_id = %d; PRAGMA user_version = %d;",
             (int)APPLICATION, (int)VERSION);
    enum lg_status status =
        database_execute(store, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM; BEGIN IMMEDIATE", error);
    if (status == LG_OK)
        status = database_execute(store, schema, error);
    if (status == LG_OK)
        status = database_execute(store, version, error);
    return status == LG_OK ? database_execute(store, "COMMIT", error) : status;
}

/* *is_empty: nothing has been written there. */
static enum lg_status open_file(struct store *store, enum store_mode mode, bool *is_empty,
                                struct lg_error *error)
{
    /* A reader too may have to undo what a killed writer left half done. Where nothing can be
     * written SQLite opens for reading by itself. */
    const int flags = SQLITE_OPEN_READWRITE | (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return database_fail(store, error);
    sqlite3_busy_timeout(store->db, BUSY_MS);
    /* A new file has no table yet, nor has one whose writer was killed just then. */
    int64_t tables;
    enum lg_status status = ask(store, "SELECT count(*) FROM sqlite_schema", &tables, error);
    *is_empty = tables == 0;
    if (status == LG_OK && *is_empty && mode == STORE_READ)
        return LG_OK;
    if (status == LG_OK && *is_empty)
        status = make_tables(store, error);
    if (status == LG_OK)
        status = check_version(store, error);
    /* A commit is one write and one sync at the end of a log; readers go on meanwhile. The log's
     * index is memory that is shared, which two machines have not: there a journal does. */
    if (status == LG_OK && mode == STORE_WRITE)
        status = database_execute(store,
                                  files_are_shared(store->path)
                                      ? "PRAGMA journal_mode = TRUNCATE; PRAGMA synchronous = FULL"
                                      : "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL",
                                  error);
    return status;
}

enum lg_status store_open(const char *directory, enum store_mode mode, struct store **store,
                          struct lg_error *error)
{
    *store = NULL;
    struct store *opened = calloc(1, sizeof *opened);
    if (opened == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    enum lg_status status = files_path(opened->path, error, "%s/cells.sqlite", directory);
    const bool is_there = status == LG_OK && files_exists(opened->path);
    bool is_empty = true;
    if (status == LG_OK && (is_there || mode == STORE_WRITE))
        status = open_file(opened, mode, &is_empty, error);
    if (status == LG_OK && (!is_empty || mode == STORE_WRITE)) {
        *store = opened;
        return LG_OK;
    }
    store_close(opened);
    return status;
}

void store_close(struct store *store)
{
    if (store == NULL)
        return;
    for (size_t i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    sqlite3_close(store->db);
    free(store);
}

int64_t database_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
