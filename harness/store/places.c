#include "harness/store/places.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/numbering.h"
#include "harness/store/database.h"

/* What cell.number holds: NULL, it was not looked for; the number; NOT_OF_THE_SPEC; or, of a cell
 * that was trained otherwise, FOREIGN minus the number of the one that has its slug. */
enum { NOT_OF_THE_SPEC = -1, FOREIGN = -2 };

/* ---- Finding --------------------------------------------------------------- */

/* A cell of the store while numbers are found. */
struct row {
    int64_t id, number;
    char slug[SPEC_NAME_MAX], key[LG_DIGEST_HEX];
    bool is_other_set; /* trained on another data set than the one used */
};

struct rows {
    struct row *all; /* (count), sorted by slug; owned */
    size_t count, capacity;
};

static int compare_rows(const void *a, const void *b)
{
    return strcmp(((const struct row *)a)->slug, ((const struct row *)b)->slug);
}

static int compare_slug(const void *slug, const void *row)
{
    return strcmp(slug, ((const struct row *)row)->slug);
}

static enum lg_status add_row(struct rows *rows, sqlite3_stmt *statement, const char *dataset,
                              struct lg_error *error)
{
    if (rows->count == rows->capacity) {
        const size_t capacity = rows->capacity > 0 ? 2 * rows->capacity : 64;
        struct row *all = realloc(rows->all, capacity * sizeof *all);
        if (all == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", capacity);
        rows->all = all;
        rows->capacity = capacity;
    }
    struct row *row = &rows->all[rows->count++];
    row->id = sqlite3_column_int64(statement, 0);
    row->number = NOT_OF_THE_SPEC;
    row->is_other_set = strcmp(database_text(statement, 3), dataset) != 0;
    snprintf(row->slug, sizeof row->slug, "%s", database_text(statement, 1));
    snprintf(row->key, sizeof row->key, "%s", database_text(statement, 2));
    return LG_OK;
}

static enum lg_status read_rows(struct store *store, const char *dataset, struct rows *rows,
                                struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    int step = SQLITE_DONE;
    enum lg_status status = database_prepare(store, NAMES, &statement, error);
    while (status == LG_OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        status = add_row(rows, statement, dataset, error);
    if (status == LG_OK && step != SQLITE_DONE)
        status = database_fail(store, error);
    if (statement != NULL)
        database_done(statement);
    if (rows->count > 0)
        qsort(rows->all, rows->count, sizeof *rows->all, compare_rows);
    return status;
}

/* Go through the grid until every row is found. */
static enum lg_status match(const struct experiment *experiment, struct rows *rows,
                            struct lg_error *error)
{
    size_t left = rows->count;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && left > 0 && i < experiment->cell_count; i++) {
        char slug[SPEC_NAME_MAX];
        status = experiment_slug(experiment, i, slug, error);
        struct row *row =
            status == LG_OK ? bsearch(slug, rows->all, rows->count, sizeof *rows->all, compare_slug)
                            : NULL;
        if (row == NULL)
            continue;
        struct cell cell;
        status = experiment_cell(experiment, i, &cell, error);
        const bool is_same =
            status == LG_OK && !row->is_other_set && strcmp(row->key, cell.key) == 0;
        row->number = is_same ? (int64_t)i : FOREIGN - (int64_t)i;
        left--;
    }
    return status;
}

static enum lg_status write_numbers(struct store *store, const struct rows *rows,
                                    const char *digest, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_begin(store, error);
    for (size_t i = 0; status == LG_OK && i < rows->count; i++) {
        status = database_prepare(store, SET_NUMBER, &statement, error);
        if (status != LG_OK)
            break;
        sqlite3_bind_int64(statement, 1, rows->all[i].id);
        sqlite3_bind_int64(statement, 2, rows->all[i].number);
        status = database_run(store, statement, error);
    }
    if (status == LG_OK)
        status = database_execute(store, "DELETE FROM numbering", error);
    if (status == LG_OK)
        status = database_prepare(store, SET_NUMBERING, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, digest);
    return database_run(store, statement, error);
}

/* True if each cell's number is known, and of this numbering. */
static enum lg_status is_known(struct store *store, const char *digest, bool *known,
                               struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, NUMBERED, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, digest);
    if (sqlite3_step(statement) == SQLITE_ROW)
        *known = sqlite3_column_int(statement, 0) != 0;
    else
        status = database_fail(store, error);
    database_done(statement);
    return status;
}

/* The least number of a foreign cell. */
static enum lg_status find_foreign(struct store *store, size_t *foreign, struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    enum lg_status status = database_prepare(store, FIRST_FOREIGN, &statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(statement, 1, FOREIGN);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        *foreign = (size_t)(FOREIGN - sqlite3_column_int64(statement, 0));
    else if (step != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
    return status;
}

static enum lg_status find(struct store *store, enum store_mode mode,
                           const struct experiment *experiment, const char *dataset,
                           const char *digest, size_t *foreign, struct lg_error *error)
{
    struct rows rows = {0};
    enum lg_status status = read_rows(store, dataset, &rows, error);
    if (status == LG_OK)
        status = match(experiment, &rows, error);
    for (size_t i = 0; status == LG_OK && i < rows.count; i++) {
        const int64_t number = rows.all[i].number;
        if (number <= FOREIGN && (size_t)(FOREIGN - number) < *foreign)
            *foreign = (size_t)(FOREIGN - number);
    }
    if (status == LG_OK && mode == STORE_WRITE)
        status = write_numbers(store, &rows, digest, error);
    free(rows.all);
    return status;
}

/* The digest of the experiment's numbering on the data set used. */
static enum lg_status digest_of(const struct experiment *experiment, const char *dataset,
                                char digest[LG_DIGEST_HEX], struct lg_error *error)
{
    char both[LG_DIGEST_HEX + 80];
    enum lg_status status = numbering_digest(experiment, digest, error);
    snprintf(both, sizeof both, "%s %s", digest, dataset);
    lg_digest_bytes(both, strlen(both), digest);
    return status;
}

enum lg_status places_find(struct store *store, enum store_mode mode,
                           const struct experiment *experiment, const char *dataset,
                           size_t *foreign, struct lg_error *error)
{
    char digest[LG_DIGEST_HEX];
    bool known = false;
    *foreign = SIZE_MAX;
    if (store == NULL)
        return LG_OK;
    enum lg_status status = digest_of(experiment, dataset, digest, error);
    if (status == LG_OK)
        status = is_known(store, digest, &known, error);
    if (status == LG_OK)
        status = known ? find_foreign(store, foreign, error)
                       : find(store, mode, experiment, dataset, digest, foreign, error);
    return status;
}

/* ---- Visiting -------------------------------------------------------------- */

enum lg_status places_visit(struct store *store, size_t epochs, places_visitor *visit, void *to,
                            struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    int step = SQLITE_DONE;
    if (store == NULL)
        return LG_OK;
    enum lg_status status = database_prepare(store, PLACES, &statement, error);
    while (status == LG_OK && (step = sqlite3_step(statement)) == SQLITE_ROW) {
        const int64_t number = sqlite3_column_int64(statement, 0);
        struct place place = {
            .number = (size_t)(number >= 0 ? number : FOREIGN - number),
            .is_foreign = number < 0,
            .slug = database_text(statement, 2),
            .found = {.id = sqlite3_column_int64(statement, 1),
                      .epochs = (size_t)sqlite3_column_int64(statement, 4)},
        };
        place.found.state = place.is_foreign ? STORE_FOREIGN
                                             : store_state(sqlite3_column_int(statement, 3),
                                                           place.found.epochs, epochs);
        snprintf(place.found.why, sizeof place.found.why, "%s", database_text(statement, 5));
        status = visit(to, &place, error);
    }
    if (status == LG_OK && step != SQLITE_DONE)
        status = database_fail(store, error);
    if (statement != NULL)
        database_done(statement);
    return status;
}
