#include "harness/store/store.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "harness/store/database.h"
#include "harness/store/seal.h"

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

static void say_longer(const struct store_cell *cell, size_t epochs, struct lg_error *error)
{
    (void)lg_fail(error, LG_USAGE,
                  "%s holds %zu epochs of cell '%s', and this run asks for %zu: --set epochs=%zu "
                  "keeps them, --fresh retrains it, --out DIR keeps both",
                  cell->directory, epochs, cell->slug, cell->epochs, epochs);
}

enum store_state store_state(int word, size_t epochs, size_t asked)
{
    const enum store_state state = database_state(word);
    if (asked > 0 && epochs > asked)
        return STORE_FOREIGN;
    return state == STORE_DONE && asked > epochs ? STORE_SHORT : state;
}

enum lg_status store_look(struct store *store, const struct store_cell *cell,
                          struct store_found *found, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    *found = (struct store_found){.state = STORE_ABSENT};
    if (store == NULL)
        return LG_OK;
    enum lg_status status = database_prepare(store, LOOK, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, cell->slug);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        const char *key = database_text(statement, 1), *dataset = database_text(statement, 2);
        const bool same = strcmp(key, cell->key) == 0 && strcmp(dataset, cell->dataset) == 0;
        const size_t epochs = (size_t)sqlite3_column_int64(statement, 4);
        *found = (struct store_found){
            .state = same ? store_state(sqlite3_column_int(statement, 3), epochs, cell->epochs)
                          : STORE_FOREIGN,
            .id = sqlite3_column_int64(statement, 0),
            .epochs = epochs,
        };
        snprintf(found->why, sizeof found->why, "%s", database_text(statement, 5));
        if (!same)
            say_foreign(cell, key, dataset, error);
        else if (found->state == STORE_FOREIGN)
            say_longer(cell, epochs, error);
    } else if (step != SQLITE_DONE) {
        status = database_fail(store, error);
    }
    database_done(statement);
    return status;
}

/* ---- Adding ---------------------------------------------------------------- */

/* That the run was still there. */
static enum lg_status see_run(struct store *store, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    if (store->run[0] == '\0')
        return LG_OK;
    enum lg_status status = database_prepare(store, SEE_RUN, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, database_now_ms());
    database_bind_text(statement, 2, store->run);
    return database_run(store, statement, error);
}

enum lg_status store_commit(struct store *store, struct lg_error *error)
{
    /* A full disk undoes a transaction by itself, and was an answer already. */
    if (!store->is_open || sqlite3_get_autocommit(store->db) != 0) {
        store->is_open = false;
        return LG_OK;
    }
    enum lg_status status = see_run(store, error);
    if (status == LG_OK)
        status = database_execute(store, "COMMIT", error);
    if (status != LG_OK && sqlite3_get_autocommit(store->db) == 0)
        (void)sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->is_open = false;
    return status;
}

/* What SQLite keeps beside the file while it is in WAL mode; it does not say when it cannot
 * remove that. */
static enum lg_status remove_logs(const struct store *store, struct lg_error *error)
{
    static const char *const ends[] = {"-wal", "-shm"};
    char path[FILES_PATH_MAX];
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < sizeof ends / sizeof *ends; i++) {
        status = files_path(path, error, "%s%s", store->path, ends[i]);
        if (status == LG_OK)
            status = files_remove_tree(path, error);
    }
    return status;
}

enum lg_status store_settle(struct store *store, struct lg_error *error)
{
    store_release(store);
    enum lg_status status = store_commit(store, error);
    if (status == LG_OK)
        status = database_execute(store, "PRAGMA incremental_vacuum", error);
    if (status != LG_OK)
        return status;
    if (sqlite3_exec(store->db, "PRAGMA journal_mode = DELETE", NULL, NULL, NULL) == SQLITE_OK)
        return remove_logs(store, error);
    /* Somebody reads: the log stays, with all that is in it, and the next run settles it. */
    const int code = sqlite3_errcode(store->db) & 0xff;
    return code == SQLITE_BUSY || code == SQLITE_LOCKED ? LG_OK : database_fail(store, error);
}

enum lg_status store_begin(struct store *store, const struct store_cell *cell, int64_t *id,
                           struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_begin(store, error);
    if (status == LG_OK)
        status = database_prepare(store, BEGIN_CELL, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, cell->slug);
    database_bind_text(statement, 2, cell->key);
    database_bind_text(statement, 3, cell->dataset);
    database_bind_text(statement, 4, store->run);
    if (cell->place > 0)
        sqlite3_bind_int64(statement, 5, (int64_t)cell->place - 1);
    status = database_run(store, statement, error);
    *id = sqlite3_last_insert_rowid(store->db);
    return status;
}

/* It has no more epochs than this, and is the run's. */
static enum lg_status cut_cell(struct store *store, int64_t id, size_t epoch,
                               struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, CUT_CELL, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, (int64_t)epoch);
    database_bind_text(statement, 3, store->run);
    return database_run(store, statement, error);
}

enum lg_status store_cut(struct store *store, int64_t id, size_t epoch, struct lg_error *error)
{
    enum lg_status status = database_begin(store, error);
    store->last_cell = 0;
    if (status == LG_OK)
        status = database_run_with(store, CUT_EPOCHS, id, epoch, error);
    if (status == LG_OK)
        status = database_run_with(store, CUT_CHECKPOINT, id, epoch, error);
    return status == LG_OK ? cut_cell(store, id, epoch, error) : status;
}

enum lg_status store_remove(struct store *store, int64_t id, struct lg_error *error)
{
    enum lg_status status = store_cut(store, id, 0, error);
    return status == LG_OK ? database_run_with(store, REMOVE_CELL, id, 0, error) : status;
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
    enum lg_status status = database_prepare(store, epochs > 0 ? SEAL : CELL, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    if (epochs > 0)
        sqlite3_bind_int64(statement, 2, (int64_t)epochs);
    if (sqlite3_step(statement) != SQLITE_ROW)
        status =
            lg_fail(error, LG_FAILED, "%s: epoch %zu of a cell is missing", store->path, epochs);
    else if (epochs == 0)
        status = seal_begin(database_text(statement, 0), database_text(statement, 1),
                            database_text(statement, 2), seal, error);
    else
        snprintf(seal, LG_DIGEST_HEX, "%s", database_text(statement, 0));
    database_done(statement);
    return status;
}

static enum lg_status keep_state(struct store *store, int64_t id, const struct store_epoch *epoch,
                                 struct lg_error *error)
{
    char sha256[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, KEEP, &statement, error);
    if (status != LG_OK)
        return status;
    lg_digest_bytes(epoch->state.bytes, epoch->state.size, sha256);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, (int64_t)epoch->epoch);
    database_bind_text(statement, 3, epoch->weights_sha256);
    database_bind_bytes(statement, 4, epoch->state);
    database_bind_text(statement, 5, sha256);
    return database_run(store, statement, error);
}

enum lg_status store_add(struct store *store, int64_t id, const struct store_epoch *epoch,
                         struct lg_error *error)
{
    char seal[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_begin(store, error);
    if (status == LG_OK)
        status = current_seal(store, id, epoch->epoch - 1, seal, error);
    if (status == LG_OK)
        status = seal_add(epoch, seal, error);
    if (status == LG_OK)
        status = database_prepare(store, ADD, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int64(statement, 2, (int64_t)epoch->epoch);
    database_bind_bytes(statement, 3, epoch->trace);
    database_bind_bytes(statement, 4, epoch->timing);
    database_bind_bytes(statement, 5, epoch->image);
    database_bind_bytes(statement, 6, epoch->parameters);
    database_bind_bytes(statement, 7, epoch->evaluations);
    database_bind_text(statement, 8, seal);
    status = database_run(store, statement, error);
    if (status == LG_OK)
        status = database_run_with(store, COUNT_EPOCH, id, epoch->epoch, error);
    if (status == LG_OK && sqlite3_changes(store->db) != 1)
        status = lg_fail(error, LG_FAILED, "epoch %zu of a cell comes out of order", epoch->epoch);
    if (status == LG_OK && epoch->state.bytes != NULL)
        status = keep_state(store, id, epoch, error);
    store->last_cell = id;
    store->last_epoch = epoch->epoch;
    memcpy(store->last_seal, seal, LG_DIGEST_HEX);
    return status;
}

enum lg_status store_finish(struct store *store, int64_t id, size_t epochs, enum store_state how,
                            struct lg_error *error)
{
    assert(how == STORE_DONE || how == STORE_DIVERGED || how == STORE_STOPPED);
    const int state = how == STORE_DIVERGED  ? STATE_DIVERGED
                      : how == STORE_STOPPED ? STATE_STOPPED
                                             : STATE_DONE;
    char seal[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_begin(store, error);
    if (status == LG_OK)
        status = current_seal(store, id, epochs, seal, error);
    if (status == LG_OK)
        status = database_prepare(store, FINISH, &statement, error);
    if (status != LG_OK)
        return status;
    seal_end(state, seal);
    sqlite3_bind_int64(statement, 1, id);
    sqlite3_bind_int(statement, 2, state);
    database_bind_text(statement, 3, seal);
    sqlite3_bind_int64(statement, 4, (int64_t)epochs);
    status = database_run(store, statement, error);
    if (status == LG_OK && sqlite3_changes(store->db) != 1)
        return lg_fail(error, LG_FAILED, "a cell ended with %zu epochs, and others are kept",
                       epochs);
    return status == LG_OK ? database_run_with(store, DROP_CHECKPOINT, id, epochs, error) : status;
}

enum lg_status store_note(struct store *store, int64_t id, const char *why, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_begin(store, error);
    if (status == LG_OK)
        status = database_prepare(store, NOTE, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    database_bind_text(statement, 2, why);
    return database_run(store, statement, error);
}
