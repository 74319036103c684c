/* The file of SQLite behind store.h: its tables and statements, opening and failures. For the
 * files of the store alone. */
#ifndef HARNESS_STORE_DATABASE_H
#define HARNESS_STORE_DATABASE_H

#include <sqlite3.h>

#include "harness/store/store.h"
#include "harness/support/files.h"

/* What cell.state holds. */
enum { STATE_PART, STATE_DONE, STATE_DIVERGED, STATE_STOPPED };

enum { STORE_RUN_BYTES = 24 };

/* Each is prepared once. */
enum statement {
    LOOK,
    BEGIN_CELL,
    CELL,
    CUT_EPOCHS,
    CUT_CHECKPOINT,
    DROP_CHECKPOINT,
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
    CHECKPOINT_EPOCH,
    ALL,
    NAMES,
    SET_NUMBER,
    SET_NUMBERING,
    NUMBERED,
    FIRST_FOREIGN,
    PLACES,
    LIST,
    LIST_ONE,
    ONE_EPOCH,
    FIND_SPEC,
    ADD_SPEC,
    ADD_MACHINE,
    ADD_RUN,
    SEE_RUN,
    RUNS,
    MACHINES,
    COUNTS,
    FAILURES,
    RUNNING,
    STATEMENTS
};

struct store {
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    char path[FILES_PATH_MAX];
    bool is_open;                  /* a transaction is */
    bool is_held;                  /* one that only reads is */
    char run[STORE_RUN_BYTES + 1]; /* the one that writes; "": none that is known */
    /* The seal of the epoch that was added last, and whose it is. */
    int64_t last_cell;
    size_t last_epoch;
    char last_seal[LG_DIGEST_HEX];
};

/* The error that SQLite had last. */
enum lg_status database_fail(const struct store *store, struct lg_error *error);

/* Run statements that give no row. */
enum lg_status database_execute(struct store *store, const char *text, struct lg_error *error);

/* Open a transaction, unless one is. */
enum lg_status database_begin(struct store *store, struct lg_error *error);

/* Milliseconds since 1970. */
int64_t database_now_ms(void);

/* A statement, ready to be bound; done with it, database_done(). */
enum lg_status database_prepare(struct store *store, enum statement which, sqlite3_stmt **statement,
                                struct lg_error *error);
void database_done(sqlite3_stmt *statement);

/* Run a bound statement that gives no row; done with it. */
enum lg_status database_run(struct store *store, sqlite3_stmt *statement, struct lg_error *error);

/* The same for a statement of a cell's number and, where it has a second one, `number`. */
enum lg_status database_run_with(struct store *store, enum statement which, int64_t id,
                                 size_t number, struct lg_error *error);

/* What cell.state says of a cell that is the one asked for. */
enum store_state database_state(int word);

/* Bind a text, or bytes (NULL where there are none); both stay the caller's until it is run. */
void database_bind_text(sqlite3_stmt *statement, int at, const char *text);
void database_bind_bytes(sqlite3_stmt *statement, int at, struct store_bytes bytes);

/* A column of the row, until the next step; "" for NULL. */
const char *database_text(sqlite3_stmt *statement, int column);
struct store_bytes database_bytes(sqlite3_stmt *statement, int column);

#endif
