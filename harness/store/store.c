#include "harness/store/store.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/files.h"

/* "LGrd": says of a file of SQLite whose it is. */
enum { APPLICATION = 0x4c477264, VERSION = 1, BUSY_MS = 5000 };

/* The last word of a cell's state. */
enum { STATE_PART, STATE_DONE, STATE_DIVERGED };

static const char schema[] =
    "CREATE TABLE cell (id INTEGER PRIMARY KEY, slug TEXT NOT NULL UNIQUE, key TEXT NOT NULL,"
    " dataset TEXT NOT NULL, state INTEGER NOT NULL DEFAULT 0, epochs INTEGER NOT NULL DEFAULT 0,"
    " seal TEXT NOT NULL DEFAULT '', why TEXT NOT NULL DEFAULT '');"
    "CREATE TABLE epoch (cell INTEGER NOT NULL, epoch INTEGER NOT NULL, trace BLOB NOT NULL,"
    " timing BLOB NOT NULL, image BLOB, parameters BLOB, seal TEXT NOT NULL,"
    " PRIMARY KEY (cell, epoch));"
    "CREATE TABLE checkpoint (cell INTEGER PRIMARY KEY, epoch INTEGER NOT NULL,"
    " weights_sha256 TEXT NOT NULL, state BLOB NOT NULL, sha256 TEXT NOT NULL);";

enum statement {
    LOOK,
    BEGIN_CELL,
    CELL,
    CUT_EPOCHS,
    CUT_CHECKPOINT,
    CUT_CELL,
    REMOVE_CELL,
    ADD,
    COUNT_EPOCH,
    KEEP,
    FINISH,
    NOTE,
    SEAL,
    EPOCHS,
    CHECKPOINT,
    ALL,
    STATEMENTS
};

static const char *const text_of[STATEMENTS] = {
    [LOOK] = "SELECT id, key, dataset, state, epochs, why FROM cell WHERE slug = ?",
    [BEGIN_CELL] = "INSERT INTO cell (slug, key, dataset) VALUES (?, ?, ?)",
    [CELL] = "SELECT key, dataset, slug, state, epochs, seal FROM cell WHERE id = ?",
    [CUT_EPOCHS] = "DELETE FROM epoch WHERE cell = ? AND epoch > ?",
    [CUT_CHECKPOINT] = "DELETE FROM checkpoint WHERE cell = ? AND epoch > ?",
    [CUT_CELL] = "UPDATE cell SET state = 0, seal = '', epochs = min(epochs, ?2) WHERE id = ?1",
    [REMOVE_CELL] = "DELETE FROM cell WHERE id = ?",
    [ADD] = ("INSERT INTO epoch (cell, epoch, trace, timing, image, parameters, seal) "
             "VALUES (?, ?, ?, ?, ?, ?, ?)"),
    [COUNT_EPOCH] = "UPDATE cell SET epochs = ?2, why = '' WHERE id = ?1 AND epochs = ?2 - 1",
    [KEEP] = ("INSERT OR REPLACE INTO checkpoint (cell, epoch, weights_sha256, state, sha256) "
              "VALUES (?, ?, ?, ?, ?)"),
    [FINISH] = "UPDATE cell SET state = ?2, seal = ?3, why = '' WHERE id = ?1",
    [NOTE] = "UPDATE cell SET why = ?2 WHERE id = ?1",
    [SEAL] = "SELECT seal FROM epoch WHERE cell = ? AND epoch = ?",
    [EPOCHS] = ("SELECT epoch, trace, timing, image, parameters, seal FROM epoch WHERE cell = ?"
                " ORDER BY epoch"),
    [CHECKPOINT] = "SELECT epoch, weights_sha256, state, sha256 FROM checkpoint WHERE cell = ?",
    [ALL] = "SELECT id, slug FROM cell ORDER BY id",
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    char path[FILES_PATH_MAX];
    bool is_open; /* a transaction is */
    /* The seal of the epoch that was added last, and whose it is. */
    int64_t last_cell;
    size_t last_epoch;
    char last_seal[LG_DIGEST_HEX];
};

/* ---- Failures -------------------------------------------------------------- */

static enum lg_status fail(const struct store *store, struct lg_error *error)
{
    const int code = sqlite3_errcode(store->db);
    const int system = sqlite3_system_errno(store->db);
    switch (code & 0xff) {
    case SQLITE_FULL:
        return lg_fail(error, LG_ENVIRONMENT, "cannot write %s: %s", store->path, strerror(ENOSPC));
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return lg_fail(error, LG_ENVIRONMENT, "cannot use %s: %s", store->path,
                       system != 0 ? strerror(system) : sqlite3_errmsg(store->db));
    default:
        return lg_fail_at(error, LG_INPUT, store->path, 0, 0,
                          "damaged, or no file of lossgrid's: %s; --out DIR begins another folder",
                          sqlite3_errmsg(store->db));
    }
}

static enum lg_status execute(struct store *store, const char *text, struct lg_error *error)
{
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK ? LG_OK
                                                                        : fail(store, error);
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
        status = fail(store, error);
    else
        *number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return status;
}

/* ---- Statements ------------------------------------------------------------ */

/* Ready to be bound. */
static enum lg_status prepare(struct store *store, enum statement which, sqlite3_stmt **statement,
                              struct lg_error *error)
{
    sqlite3_stmt **kept = &store->statements[which];
    if (*kept == NULL && sqlite3_prepare_v3(store->db, text_of[which], -1,
                                            SQLITE_PREPARE_PERSISTENT, kept, NULL) != SQLITE_OK)
        return fail(store, error);
    *statement = *kept;
    return LG_OK;
}

static void bind_text(sqlite3_stmt *statement, int at, const char *text)
{
    sqlite3_bind_text(statement, at, text, -1, SQLITE_STATIC);
}

static void bind_bytes(sqlite3_stmt *statement, int at, struct store_bytes bytes)
{
    if (bytes.bytes == NULL)
        sqlite3_bind_null(statement, at);
    else
        sqlite3_bind_blob64(statement, at, bytes.bytes, bytes.size, SQLITE_STATIC);
}

static void done_with(sqlite3_stmt *statement)
{
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
}

/* Run a bound statement that gives no row. */
static enum lg_status run(struct store *store, sqlite3_stmt *statement, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    if (sqlite3_step(statement) != SQLITE_DONE)
        status = fail(store, error);
    done_with(statement);
    return status;
}

/* A statement of a cell's number and one more. */
static enum lg_status run_with(struct store *store, enum statement which, int64_t id, size_t number,
                               struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, which, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    if (sqlite3_bind_parameter_count(statement) > 1)
        sqlite3_bind_int64(statement, 2, (int64_t)number);
    return run(store, statement, error);
}

static const char *text_at(sqlite3_stmt *statement, int column)
{
    const char *text = (const char *)sqlite3_column_text(statement, column);
    return text != NULL ? text : "";
}

static struct store_bytes bytes_at(sqlite3_stmt *statement, int column)
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
        execute(store, "PRAGMA auto_vacuum = INCREMENTAL; VACUUM; BEGIN IMMEDIATE", error);
    if (status == LG_OK)
        status = execute(store, schema, error);
    if (status == LG_OK)
        status = execute(store, version, error);
    return status == LG_OK ? execute(store, "COMMIT", error) : status;
}

/* *is_empty: nothing has been written there. */
static enum lg_status open_file(struct store *store, enum store_mode mode, bool *is_empty,
                                struct lg_error *error)
{
    /* A reader too may have to undo what a killed writer left half done. Where nothing can be
     * written SQLite opens for reading by itself. */
    const int flags = SQLITE_OPEN_READWRITE | (mode == STORE_WRITE ? SQLITE_OPEN_CREATE : 0);
    if (sqlite3_open_v2(store->path, &store->db, flags | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
        return fail(store, error);
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
    /* A commit is one write and one sync at the end of a log; readers go on meanwhile. */
    if (status == LG_OK && mode == STORE_WRITE)
        status = execute(store, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL", error);
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

/* ---- Seals ----------------------------------------------------------------- */

static void add_sized(struct lg_digest *digest, struct store_bytes bytes)
{
    char size[32];
    const int length = snprintf(size, sizeof size, "%zu:", bytes.size);
    lg_digest_add(digest, size, (size_t)length);
    if (bytes.size > 0)
        lg_digest_add(digest, bytes.bytes, bytes.size);
}

static void add_text(struct lg_digest *digest, const char *text)
{
    add_sized(digest, (struct store_bytes){text, strlen(text)});
}

/* What the first epoch's seal goes on from: which cell it is. */
static enum lg_status first_seal(const char *key, const char *dataset, const char *slug,
                                 char seal[LG_DIGEST_HEX], struct lg_error *error)
{
    struct lg_digest *digest = lg_digest_begin();
    if (digest == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    add_text(digest, key);
    add_text(digest, dataset);
    add_text(digest, slug);
    lg_digest_end(digest, seal);
    return LG_OK;
}

/* From the seal of the epoch before to this one's. */
static enum lg_status next_seal(const struct store_epoch *epoch, char seal[LG_DIGEST_HEX],
                                struct lg_error *error)
{
    char number[32];
    struct lg_digest *digest = lg_digest_begin();
    if (digest == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    snprintf(number, sizeof number, "%zu", epoch->epoch);
    add_text(digest, seal);
    add_text(digest, number);
    add_sized(digest, epoch->trace);
    add_sized(digest, epoch->timing);
    add_sized(digest, epoch->image);
    add_sized(digest, epoch->parameters);
    lg_digest_end(digest, seal);
    return LG_OK;
}

/* Of a finished cell: its last epoch's, and how it ended. */
static void last_seal(int state, char seal[LG_DIGEST_HEX])
{
    char text[LG_DIGEST_HEX + 16];
    const int size = snprintf(text, sizeof text, "%s:%d", seal, state);
    lg_digest_bytes(text, (size_t)size, seal);
}

/* ---- Looking --------------------------------------------------------------- */

static void say_foreign(const struct store_cell *cell, const char *key, const char *dataset,
                        struct lg_error *error)
{
    if (strcmp(key, cell->key) == 0)
        (void)lg_fail(error, LG_USAGE,
                      "%s holds cell '%s' trained on %s, and this run uses %s: --fresh retrains "
                      "it, --out DIR keeps both",
                      cell->directory, cell->slug, dataset, cell->dataset);
    else
        (void)lg_fail(error, LG_USAGE,
                      "%s holds cell '%s' trained with other settings: --fresh retrains it, --out "
                      "DIR keeps both",
                      cell->directory, cell->slug);
}

static enum store_state state_of(int word)
{
    return word == STATE_DONE ? STORE_DONE : word == STATE_DIVERGED ? STORE_DIVERGED : STORE_PART;
}

enum lg_status store_look(struct store *store, const struct store_cell *cell,
                          struct store_found *found, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    *found = (struct store_found){.state = STORE_ABSENT};
    if (store == NULL)
        return LG_OK;
    enum lg_status status = prepare(store, LOOK, &statement, error);
    if (status != LG_OK)
        return status;
    bind_text(statement, 1, cell->slug);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        const char *key = text_at(statement, 1), *dataset = text_at(statement, 2);
        const bool same = strcmp(key, cell->key) == 0 && strcmp(dataset, cell->dataset) == 0;
        *found = (struct store_found){
            .state = same ? state_of(sqlite3_column_int(statement, 3)) : STORE_FOREIGN,
            .id = sqlite3_column_int64(statement, 0),
            .epochs = (size_t)sqlite3_column_int64(statement, 4),
        };
        snprintf(found->why, sizeof found->why, "%s", text_at(statement, 5));
        if (!same)
            say_foreign(cell, key, dataset, error);
    } else if (step != SQLITE_DONE) {
        status = fail(store, error);
    }
    done_with(statement);
    return status;
}

/* ---- Adding ---------------------------------------------------------------- */

static enum lg_status open_transaction(struct store *store, struct lg_error *error)
{
    if (store->is_open)
        return LG_OK;
    enum lg_status status = execute(store, "BEGIN IMMEDIATE", error);
    store->is_open = status == LG_OK;
    return status;
}

enum lg_status store_commit(struct store *store, struct lg_error *error)
{
    /* A full disk undoes a transaction by itself, and was an answer already. */
    if (!store->is_open || sqlite3_get_autocommit(store->db) != 0) {
        store->is_open = false;
        return LG_OK;
    }
    enum lg_status status = execute(store, "COMMIT", error);
    if (status != LG_OK && sqlite3_get_autocommit(store->db) == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->is_open = false;
    return status;
}

enum lg_status store_settle(struct store *store, struct lg_error *error)
{
    enum lg_status status = store_commit(store, error);
    if (status == LG_OK)
        status = execute(store, "PRAGMA incremental_vacuum", error);
    return status == LG_OK ? execute(store, "PRAGMA journal_mode = DELETE", error) : status;
}

enum lg_status store_begin(struct store *store, const struct store_cell *cell, int64_t *id,
                           struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = open_transaction(store, error);
    if (status == LG_OK)
        status = prepare(store, BEGIN_CELL, &statement, error);
    if (status != LG_OK)
        return status;
    bind_text(statement, 1, cell->slug);
    bind_text(statement, 2, cell->key);
    bind_text(statement, 3, cell->dataset);
    status = run(store, statement, error);
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

enum lg_status store_cut(struct store *store, int64_t id, size_t epoch, struct lg_error *error)
{
    enum lg_status status = open_transaction(store, error);
    store->last_cell = 0;
    if (status == LG_OK)
        status = run_with(store, CUT_EPOCHS, id, epoch, error);
    if (status == LG_OK)
        status = run_with(store, CUT_CHECKPOINT, id, epoch, error);
    return status == LG_OK ? run_with(store, CUT_CELL, id, epoch, error) : status;
}

enum lg_status store_remove(struct store *store, int64_t id, struct lg_error *error)
{
    enum lg_status status = store_cut(store, id, 0, error);
    return status == LG_OK ? run_with(store, REMOVE_CELL, id, 0, error) : status;
}

/* The seal that the next epoch of a cell goes on from. */
static enum lg_status current_seal(struct store *store, int64_t id, size_t epochs,
                                   char seal[LG_DIGEST_HEX], struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (store->last_cell == id && store->last_epoch == epochs) {
        memcpy(seal, store->last_seal, LG_DIGEST_HEX);
        return LG_OK;
    }
    enum lg_status status = prepare(store, epochs > 0 ? SEAL : CELL, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    if (epochs > 0)
        sqlite3_bind_int64(statement, 2, (int64_t)epochs);
    if (sqlite3_step(statement) != SQLITE_ROW)
        status = lg_fail_at(error, LG_INPUT, store->path, 0, 0, "epoch %zu of a cell is missing",
                            epochs);
    else if (epochs == 0)
        status = first_seal(text_at(statement, 0), text_at(statement, 1), text_at(statement, 2),
                            seal, error);
    else
        snprintf(seal, LG_DIGEST_HEX, "%s", text_at(statement, 0));
    done_with(statement);
    return status;
}

static enum lg_status keep_state(struct store *store, int64_t id, const struct store_epoch *epoch,
                                 struct lg_error *error)
{
    char sha256[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, KEEP, &statement, error);
    if (status != LG_OK)
        return status;
    lg_digest_bytes(epoch->state.bytes, epoch->state.size, sha256);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, (int64_t)epoch->epoch);
    bind_text(statement, 3, epoch->weights_sha256);
    bind_bytes(statement, 4, epoch->state);
    bind_text(statement, 5, sha256);
    return run(store, statement, error);
}

enum lg_status store_add(struct store *store, int64_t id, const struct store_epoch *epoch,
                         struct lg_error *error)
{
    char seal[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = open_transaction(store, error);
    if (status == LG_OK)
        status = current_seal(store, id, epoch->epoch - 1, seal, error);
    if (status == LG_OK)
        status = next_seal(epoch, seal, error);
    if (status == LG_OK)
        status = prepare(store, ADD, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, (int64_t)epoch->epoch);
    bind_bytes(statement, 3, epoch->trace);
    bind_bytes(statement, 4, epoch->timing);
    bind_bytes(statement, 5, epoch->image);
    bind_bytes(statement, 6, epoch->parameters);
    bind_text(statement, 7, seal);
    status = run(store, statement, error);
    if (status == LG_OK)
        status = run_with(store, COUNT_EPOCH, id, epoch->epoch, error);
    if (status == LG_OK && sqlite3_changes(store->db) != 1)
        status = lg_fail(error, LG_FAILED, "epoch %zu of a cell comes out of order", epoch->epoch);
    if (status == LG_OK && epoch->state.bytes != NULL)
        status = keep_state(store, id, epoch, error);
    store->last_cell = id;
    store->last_epoch = epoch->epoch;
    memcpy(store->last_seal, seal, LG_DIGEST_HEX);
    return status;
}

/* How many epochs a cell has. */
static enum lg_status count_epochs(struct store *store, int64_t id, size_t *epochs,
                                   struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, CELL, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    if (sqlite3_step(statement) == SQLITE_ROW)
        *epochs = (size_t)sqlite3_column_int64(statement, 4);
    else
        status =
            lg_fail_at(error, LG_INPUT, store->path, 0, 0, "cell %lld is not there", (long long)id);
    done_with(statement);
    return status;
}

enum lg_status store_finish(struct store *store, int64_t id, bool diverged, struct lg_error *error)
{
    const int state = diverged ? STATE_DIVERGED : STATE_DONE;
    char seal[LG_DIGEST_HEX];
    size_t epochs = 0;
    sqlite3_stmt *statement = NULL;
    enum lg_status status = open_transaction(store, error);
    if (status == LG_OK)
        status = count_epochs(store, id, &epochs, error);
    if (status == LG_OK)
        status = current_seal(store, id, epochs, seal, error);
    if (status == LG_OK)
        status = run_with(store, CUT_CHECKPOINT, id, 0, error);
    if (status == LG_OK)
        status = prepare(store, FINISH, &statement, error);
    if (status != LG_OK)
        return status;
    last_seal(state, seal);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int(statement, 2, state);
    bind_text(statement, 3, seal);
    return run(store, statement, error);
}

enum lg_status store_note(struct store *store, int64_t id, const char *why, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = open_transaction(store, error);
    if (status == LG_OK)
        status = prepare(store, NOTE, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    bind_text(statement, 2, why);
    return run(store, statement, error);
}

/* ---- Reading back ---------------------------------------------------------- */

static struct store_epoch epoch_at(sqlite3_stmt *statement)
{
    return (struct store_epoch){
        .epoch = (size_t)sqlite3_column_int64(statement, 0),
        .trace = bytes_at(statement, 1),
        .timing = bytes_at(statement, 2),
        .image = bytes_at(statement, 3),
        .parameters = bytes_at(statement, 4),
    };
}

/* What a cell says of itself. */
struct claim {
    int state;
    size_t epochs;
    char seal[LG_DIGEST_HEX], chain[LG_DIGEST_HEX]; /* chain: before the first epoch */
};

static enum lg_status read_claim(struct store *store, int64_t id, struct claim *claim,
                                 struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, CELL, &statement, error);
    if (status != LG_OK)
        return status;
    *claim = (struct claim){0};
    sqlite3_bind_int64(statement, 1, id);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        claim->state = sqlite3_column_int(statement, 3);
        claim->epochs = (size_t)sqlite3_column_int64(statement, 4);
        snprintf(claim->seal, sizeof claim->seal, "%s", text_at(statement, 5));
        status = first_seal(text_at(statement, 0), text_at(statement, 1), text_at(statement, 2),
                            claim->chain, error);
    } else {
        status = fail(store, error);
    }
    done_with(statement);
    return status;
}

/* Go through the epochs that the claim speaks of, `most` at most, seal by seal. `held`
 * receives how many are as they were written; visit may be NULL. */
static enum lg_status walk(struct store *store, int64_t id, struct claim *claim, size_t most,
                           store_visitor *visit, void *to, size_t *held, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, EPOCHS, &statement, error);
    *held = 0;
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    while (status == LG_OK && *held < most) {
        const int step = sqlite3_step(statement);
        if (step != SQLITE_ROW) {
            if (step != SQLITE_DONE)
                status = fail(store, error);
            break;
        }
        const struct store_epoch epoch = epoch_at(statement);
        if (epoch.epoch != *held + 1)
            break;
        status = next_seal(&epoch, claim->chain, error);
        if (status == LG_OK && strcmp(claim->chain, text_at(statement, 5)) != 0)
            break;
        if (status == LG_OK && visit != NULL)
            status = visit(to, &epoch, error);
        *held += status == LG_OK;
    }
    done_with(statement);
    return status;
}

enum lg_status store_verify(struct store *store, int64_t id, char why[STORE_WHY_MAX],
                            struct lg_error *error)
{
    struct claim claim;
    size_t held = 0;
    why[0] = '\0';
    enum lg_status status = read_claim(store, id, &claim, error);
    if (status == LG_OK)
        status = walk(store, id, &claim, claim.epochs, NULL, NULL, &held, error);
    if (status != LG_OK)
        return status;
    last_seal(claim.state, claim.chain);
    if (held < claim.epochs)
        snprintf(why, STORE_WHY_MAX, "epoch %zu is not what was written: its SHA-256 differs",
                 held + 1);
    else if (claim.state != STATE_PART && strcmp(claim.chain, claim.seal) != 0)
        snprintf(why, STORE_WHY_MAX, "it is not what was sealed: its SHA-256 differs");
    return LG_OK;
}

enum lg_status store_verify_all(struct store *store, size_t *cells, char *slug, size_t size,
                                char why[STORE_WHY_MAX], struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    *cells = 0;
    slug[0] = why[0] = '\0';
    if (store == NULL)
        return LG_OK;
    enum lg_status status = prepare(store, ALL, &statement, error);
    int step = SQLITE_DONE;
    while (status == LG_OK && why[0] == '\0' && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        snprintf(slug, size, "%s", text_at(statement, 1));
        status = store_verify(store, sqlite3_column_int64(statement, 0), why, error);
        ++*cells;
    }
    if (status == LG_OK && step != SQLITE_DONE && step != SQLITE_ROW)
        status = fail(store, error);
    if (statement != NULL)
        done_with(statement);
    return status;
}

enum lg_status store_visit(struct store *store, int64_t id, store_visitor *visit, void *to,
                           struct lg_error *error)
{
    struct claim claim;
    size_t held = 0;
    if (store == NULL)
        return LG_OK;
    enum lg_status status = read_claim(store, id, &claim, error);
    if (status == LG_OK)
        status = walk(store, id, &claim, claim.epochs, visit, to, &held, error);
    if (status == LG_OK && held < claim.epochs)
        status = lg_fail_at(error, LG_INPUT, store->path, 0, 0,
                            "epoch %zu of cell %lld is not what was written: its SHA-256 differs",
                            held + 1, (long long)id);
    return status;
}

/* The checkpoint as it is kept; *why where it is not what was written. */
static enum lg_status read_checkpoint(struct store *store, int64_t id,
                                      struct store_checkpoint *checkpoint, char why[STORE_WHY_MAX],
                                      struct lg_error *error)
{
    char sha256[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = prepare(store, CHECKPOINT, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        const struct store_bytes state = bytes_at(statement, 2);
        lg_digest_bytes(state.bytes, state.size, sha256);
        checkpoint->epoch = (size_t)sqlite3_column_int64(statement, 0);
        checkpoint->size = state.size;
        checkpoint->bytes = malloc(state.size > 0 ? state.size : 1);
        snprintf(checkpoint->weights_sha256, LG_DIGEST_HEX, "%s", text_at(statement, 1));
        if (checkpoint->bytes == NULL)
            status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint");
        else if (strcmp(sha256, text_at(statement, 3)) != 0)
            snprintf(why, STORE_WHY_MAX, "damaged checkpoint: its SHA-256 differs");
        else if (state.bytes != NULL)
            memcpy(checkpoint->bytes, state.bytes, state.size);
    } else if (step != SQLITE_DONE) {
        status = fail(store, error);
    }
    done_with(statement);
    return status;
}

enum lg_status store_resume(struct store *store, int64_t id, struct store_checkpoint *checkpoint,
                            char why[STORE_WHY_MAX], struct lg_error *error)
{
    struct claim claim;
    size_t held = 0;
    why[0] = '\0';
    *checkpoint = (struct store_checkpoint){0};
    enum lg_status status = read_checkpoint(store, id, checkpoint, why, error);
    if (status == LG_OK)
        status = read_claim(store, id, &claim, error);
    if (status == LG_OK && why[0] == '\0')
        status = walk(store, id, &claim, checkpoint->epoch, NULL, NULL, &held, error);
    if (status == LG_OK && why[0] == '\0' && held < checkpoint->epoch)
        snprintf(why, STORE_WHY_MAX, "its epoch %zu is not what was written: its SHA-256 differs",
                 held + 1);
    if (status != LG_OK || why[0] != '\0') {
        free(checkpoint->bytes);
        *checkpoint = (struct store_checkpoint){0};
    }
    return status;
}
