/* What is read back is held against its seals. */
#include "harness/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/database.h"
#include "harness/store/seal.h"

static struct store_epoch epoch_at(sqlite3_stmt *statement)
{
    return (struct store_epoch){
        .epoch = (size_t)sqlite3_column_int64(statement, 0),
        .trace = database_bytes(statement, 1),
        .timing = database_bytes(statement, 2),
        .image = database_bytes(statement, 3),
        .parameters = database_bytes(statement, 4),
        .evaluations = database_bytes(statement, 5),
    };
}

/* What a cell says of itself. */
struct claim {
    int state;
    size_t epochs;
    char slug[64];                                  /* for messages */
    char seal[LG_DIGEST_HEX], chain[LG_DIGEST_HEX]; /* chain: before the first epoch */
};

static enum lg_status read_claim(struct store *store, int64_t id, struct claim *claim,
                                 struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, CELL, &statement, error);
    if (status != LG_OK)
        return status;
    *claim = (struct claim){0};
    sqlite3_bind_int64(statement, 1, id);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        claim->state = sqlite3_column_int(statement, 3);
        claim->epochs = (size_t)sqlite3_column_int64(statement, 4);
        snprintf(claim->slug, sizeof claim->slug, "%s", database_text(statement, 2));
        snprintf(claim->seal, sizeof claim->seal, "%s", database_text(statement, 5));
        status = seal_begin(database_text(statement, 0), database_text(statement, 1),
                            database_text(statement, 2), claim->chain, error);
    } else {
        status = database_fail(store, error);
    }
    database_done(statement);
    return status;
}

/* Go through the epochs that the claim speaks of, `most` at most, seal by seal. `held`
 * receives how many are as they were written; visit may be NULL. */
static enum lg_status walk(struct store *store, int64_t id, struct claim *claim, size_t most,
                           store_visitor *visit, void *to, size_t *held, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, EPOCHS, &statement, error);
    *held = 0;
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    while (status == LG_OK && *held < most) {
        const int step = sqlite3_step(statement);
        if (step != SQLITE_ROW) {
            if (step != SQLITE_DONE)
                status = database_fail(store, error);
            break;
        }
        const struct store_epoch epoch = epoch_at(statement);
        if (epoch.epoch != *held + 1)
            break;
        status = seal_add(&epoch, claim->chain, error);
        if (status == LG_OK && strcmp(claim->chain, database_text(statement, 6)) != 0)
            break;
        if (status == LG_OK && visit != NULL)
            status = visit(to, &epoch, error);
        *held += status == LG_OK;
    }
    database_done(statement);
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
    seal_end(claim.state, claim.chain);
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
    enum lg_status status = database_prepare(store, ALL, &statement, error);
    int step = SQLITE_DONE;
    while (status == LG_OK && why[0] == '\0' && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        snprintf(slug, size, "%s", database_text(statement, 1));
        status = store_verify(store, sqlite3_column_int64(statement, 0), why, error);
        ++*cells;
    }
    if (status == LG_OK && step != SQLITE_DONE && step != SQLITE_ROW)
        status = database_fail(store, error);
    if (statement != NULL)
        database_done(statement);
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
                            "cell '%s': epoch %zu is not what was written: its SHA-256 differs; "
                            "`lossgrid run` without --shard trains it again",
                            claim.slug, held + 1);
    return status;
}

/* The checkpoint as it is kept; *why where it is not what was written. */
static enum lg_status read_checkpoint(struct store *store, int64_t id,
                                      struct store_checkpoint *checkpoint, char why[STORE_WHY_MAX],
                                      struct lg_error *error)
{
    char sha256[LG_DIGEST_HEX];
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, CHECKPOINT, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        const struct store_bytes state = database_bytes(statement, 2);
        lg_digest_bytes(state.bytes, state.size, sha256);
        checkpoint->epoch = (size_t)sqlite3_column_int64(statement, 0);
        checkpoint->size = state.size;
        checkpoint->bytes = malloc(state.size > 0 ? state.size : 1);
        snprintf(checkpoint->weights_sha256, LG_DIGEST_HEX, "%s", database_text(statement, 1));
        if (checkpoint->bytes == NULL)
            status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint");
        else if (strcmp(sha256, database_text(statement, 3)) != 0)
            snprintf(why, STORE_WHY_MAX, "damaged checkpoint: its SHA-256 differs");
        else if (state.bytes != NULL)
            memcpy(checkpoint->bytes, state.bytes, state.size);
    } else if (step != SQLITE_DONE) {
        status = database_fail(store, error);
    }
    database_done(statement);
    return status;
}

enum lg_status store_checkpoint_epoch(struct store *store, int64_t id, size_t *epoch,
                                      struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, CHECKPOINT_EPOCH, &statement, error);
    *epoch = 0;
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, id);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        *epoch = (size_t)sqlite3_column_int64(statement, 0);
    else if (step != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
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
