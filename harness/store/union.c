#include "harness/store/union.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/database.h"
#include "harness/store/epoch_columns.h"
#include "harness/support/image.h"

/* A row of LIST. */
struct listed {
    int64_t id;
    char slug[SPEC_NAME_MAX], key[LG_DIGEST_HEX], dataset[64];
    int state;
    size_t epochs, checkpoint; /* the epoch of the latter; 0: none */
    char seal[LG_DIGEST_HEX], why[STORE_WHY_MAX];
};

static struct listed listed_at(sqlite3_stmt *row)
{
    struct listed cell = {
        .id = sqlite3_column_int64(row, 0),
        .state = sqlite3_column_int(row, 4),
        .epochs = (size_t)sqlite3_column_int64(row, 5),
        .checkpoint = (size_t)sqlite3_column_int64(row, 8),
    };
    snprintf(cell.slug, sizeof cell.slug, "%s", database_text(row, 1));
    snprintf(cell.key, sizeof cell.key, "%s", database_text(row, 2));
    snprintf(cell.dataset, sizeof cell.dataset, "%s", database_text(row, 3));
    snprintf(cell.seal, sizeof cell.seal, "%s", database_text(row, 6));
    snprintf(cell.why, sizeof cell.why, "%s", database_text(row, 7));
    return cell;
}

/* What is there under a name; its id is 0 where nothing is. */
static enum lg_status find_cell(struct store *store, const char *slug, struct listed *cell,
                                struct lg_error *error)
{
    sqlite3_stmt *statement = NULL;
    *cell = (struct listed){0};
    enum lg_status status = database_prepare(store, LIST_ONE, &statement, error);
    if (status != LG_OK)
        return status;
    database_bind_text(statement, 1, slug);
    const int step = sqlite3_step(statement);
    if (step == SQLITE_ROW)
        *cell = listed_at(statement);
    else if (step != SQLITE_DONE)
        status = database_fail(store, error);
    database_done(statement);
    return status;
}

/* ---- Comparing ------------------------------------------------------------- */

/* An epoch of a cell; its bytes are borrowed until *statement is done with. */
static enum lg_status read_epoch(struct store *store, int64_t id, size_t number,
                                 struct store_epoch *epoch, sqlite3_stmt **statement,
                                 struct lg_error *error)
{
    *epoch = (struct store_epoch){.epoch = number};
    enum lg_status status = database_prepare(store, ONE_EPOCH, statement, error);
    if (status != LG_OK)
        return status;
    sqlite3_bind_int64(*statement, 1, id);
    sqlite3_bind_int64(*statement, 2, (int64_t)number);
    const int step = sqlite3_step(*statement);
    if (step == SQLITE_ROW)
        *epoch = (struct store_epoch){
            .epoch = number,
            .trace = database_bytes(*statement, 1),
            .timing = database_bytes(*statement, 2),
            .image = database_bytes(*statement, 3),
            .parameters = database_bytes(*statement, 4),
            .evaluations = database_bytes(*statement, 5),
        };
    else
        status = step == SQLITE_DONE ? lg_fail_at(error, LG_INPUT, store->path, 0, 0,
                                                  "epoch %zu of a cell is missing", number)
                                     : database_fail(store, error);
    return status;
}

static bool same_bytes(struct store_bytes a, struct store_bytes b)
{
    if (a.bytes == NULL || b.bytes == NULL)
        return a.bytes == b.bytes;
    return a.size == b.size && memcmp(a.bytes, b.bytes, a.size) == 0;
}

/* A row of trace.csv under the header that it was written with. */
static enum lg_status parse_row(const struct experiment *experiment, struct store_bytes row,
                                struct csv_table *table, struct lg_error *error)
{
    const struct columns_measured measured = columns_measured(experiment);
    struct csv csv = {0};
    columns_header(&csv, COLUMNS_TRACE, &measured);
    text_add(&csv.text, row.bytes, row.size);
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = csv_parse("a row of trace.csv", csv.text.bytes, csv.text.size, table, error);
    text_free(&csv.text);
    return status;
}

/* Name the first column in which two rows differ; the rows as they are where they are not of
 * this experiment's columns. */
static void name_column(const struct experiment *experiment, struct store_bytes here,
                        struct store_bytes there, struct union_finding *finding)
{
    struct csv_table a = {0}, b = {0};
    struct lg_error ignored;
    const char *column = "trace.csv", *field_a = here.bytes, *field_b = there.bytes;
    size_t size_a = here.size, size_b = there.size;
    if (parse_row(experiment, here, &a, &ignored) == LG_OK &&
        parse_row(experiment, there, &b, &ignored) == LG_OK)
        for (size_t i = 0; i < a.columns; i++) {
            field_a = csv_field(&a, 1, i);
            field_b = csv_field(&b, 1, i);
            size_a = strlen(field_a);
            size_b = strlen(field_b);
            column = csv_field(&a, 0, i);
            if (strcmp(field_a, field_b) != 0)
                break;
        }
    snprintf(finding->column, UNION_TEXT_MAX, "%s", column);
    snprintf(finding->here, UNION_TEXT_MAX, "%.*s", (int)size_a, field_a != NULL ? field_a : "");
    snprintf(finding->there, UNION_TEXT_MAX, "%.*s", (int)size_b, field_b != NULL ? field_b : "");
    csv_free(&a);
    csv_free(&b);
}

static void describe_bytes(struct store_bytes bytes, char text[UNION_TEXT_MAX])
{
    char sha256[LG_DIGEST_HEX] = "";
    if (bytes.bytes != NULL)
        lg_digest_bytes(bytes.bytes, bytes.size, sha256);
    snprintf(text, UNION_TEXT_MAX, "%s%s", bytes.bytes != NULL ? "SHA-256 " : "none", sha256);
}

/* Whether two PNG files are the same picture: another libpng may pack it otherwise. */
static bool same_pixels(struct store_bytes a, struct store_bytes b)
{
    struct image one = {0}, two = {0};
    struct lg_error ignored;
    const bool same = a.bytes != NULL && b.bytes != NULL &&
                      image_decode("an image", a.bytes, a.size, &one, &ignored) == LG_OK &&
                      image_decode("an image", b.bytes, b.size, &two, &ignored) == LG_OK &&
                      one.rows == two.rows && one.columns == two.columns &&
                      memcmp(one.pixels, two.pixels, one.rows * one.columns) == 0;
    image_free(&one);
    image_free(&two);
    return same;
}

static bool differs(struct store_bytes here, struct store_bytes there, const char *column,
                    struct union_finding *finding)
{
    if (same_bytes(here, there))
        return false;
    snprintf(finding->column, UNION_TEXT_MAX, "%s", column);
    describe_bytes(here, finding->here);
    describe_bytes(there, finding->there);
    return true;
}

/* has_ended: both cells did, with this epoch. A cell that went on from an earlier end has the
 * parameters of that end too, which one that was trained at once has not. */
static bool same_epoch(const struct experiment *experiment, const struct store_epoch *here,
                       const struct store_epoch *there, bool has_ended,
                       struct union_finding *finding)
{
    const bool both_have = here->parameters.bytes != NULL && there->parameters.bytes != NULL;
    finding->epoch = here->epoch;
    if (!same_bytes(here->trace, there->trace)) {
        name_column(experiment, here->trace, there->trace, finding);
        return false;
    }
    return !((has_ended || both_have) &&
             differs(here->parameters, there->parameters, "parameters.csv", finding)) &&
           !differs(here->evaluations, there->evaluations, "evaluations.csv", finding) &&
           (same_bytes(here->image, there->image) || same_pixels(here->image, there->image) ||
            !differs(here->image, there->image, "the image", finding));
}

/* The epochs that both have. */
static enum lg_status compare_epochs(const struct experiment *experiment, struct store *from,
                                     const struct listed *here, struct store *to,
                                     const struct listed *there, struct union_finding *finding,
                                     bool *same, struct lg_error *error)
{
    const size_t count = here->epochs < there->epochs ? here->epochs : there->epochs;
    const bool both_ended = here->state != STATE_PART && there->state != STATE_PART;
    const size_t end = both_ended && here->epochs == there->epochs ? count : 0;
    enum lg_status status = LG_OK;
    *same = true;
    finding->kind = UNION_OTHER_BITS;
    for (size_t number = 1; status == LG_OK && *same && number <= count; number++) {
        sqlite3_stmt *a = NULL, *b = NULL;
        struct store_epoch one, two;
        status = read_epoch(from, here->id, number, &one, &a, error);
        if (status == LG_OK)
            status = read_epoch(to, there->id, number, &two, &b, error);
        if (status == LG_OK)
            *same = same_epoch(experiment, &one, &two, number == end, finding);
        if (a != NULL)
            database_done(a);
        if (b != NULL)
            database_done(b);
    }
    return status;
}

/* ---- Copying --------------------------------------------------------------- */

static void report(struct union_state *state, const struct union_finding *finding)
{
    state->findings++;
    state->find(state->context, finding);
}

struct copying {
    struct store *to;
    int64_t id;
    const struct store_checkpoint *checkpoint;
};

static enum lg_status copy_epoch(void *context, const struct store_epoch *epoch,
                                 struct lg_error *error)
{
    const struct copying *copying = context;
    const struct store_checkpoint *checkpoint = copying->checkpoint;
    struct store_epoch copy = *epoch;
    if (checkpoint->epoch == epoch->epoch) {
        copy.state = (struct store_bytes){checkpoint->bytes, checkpoint->size};
        memcpy(copy.weights_sha256, checkpoint->weights_sha256, LG_DIGEST_HEX);
    }
    return store_add(copying->to, copying->id, &copy, error);
}

/* Copy a cell that was held against its seals. */
static enum lg_status copy_cell(struct union_state *state, struct store *from,
                                const struct listed *cell, struct lg_error *error)
{
    struct union_finding finding = {.kind = UNION_DAMAGED, .slug = cell->slug};
    struct store_checkpoint checkpoint = {0};
    struct copying copying = {state->to, 0, &checkpoint};
    const struct store_cell what = {"", cell->key, cell->dataset, cell->slug, 0, 0};
    enum lg_status status = LG_OK;
    /* One that ended may have kept its last state, for more epochs. */
    if (cell->state == STATE_PART || cell->checkpoint > 0)
        status = store_resume(from, cell->id, &checkpoint, finding.why, error);
    if (status == LG_OK && finding.why[0] != '\0')
        report(state, &finding);
    if (status != LG_OK || finding.why[0] != '\0')
        return status;
    status = store_begin(state->to, &what, &copying.id, error);
    if (status == LG_OK)
        status = store_visit(from, cell->id, copy_epoch, &copying, error);
    if (status == LG_OK && cell->state != STATE_PART)
        status =
            store_finish(state->to, copying.id, cell->epochs, database_state(cell->state), error);
    if (status == LG_OK && cell->why[0] != '\0')
        status = store_note(state->to, copying.id, cell->why, error);
    free(checkpoint.bytes);
    return status;
}

/* ---- Choosing -------------------------------------------------------------- */

/* Whether `here` has come farther: a total order but for what is the same, so that the order of
 * the stores decides nothing. One that ended and kept its last state is better than one that did
 * not. */
static bool is_farther(const struct listed *here, const struct listed *there)
{
    const bool here_ended = here->state != STATE_PART, there_ended = there->state != STATE_PART;
    if (here_ended != there_ended)
        return here_ended;
    if (here_ended && here->epochs != there->epochs)
        return here->epochs > there->epochs;
    if (here->checkpoint != there->checkpoint)
        return here->checkpoint > there->checkpoint;
    if (here->epochs != there->epochs)
        return here->epochs > there->epochs;
    return !here_ended && strcmp(here->why, there->why) > 0;
}

static const char *end_name(int state)
{
    static const char *const names[] = {[STATE_PART] = "not yet",
                                        [STATE_DONE] = "done",
                                        [STATE_DIVERGED] = "diverged",
                                        [STATE_STOPPED] = "stopped"};
    return state >= 0 && state < (int)(sizeof names / sizeof *names) ? names[state] : "unknown";
}

/* Two cells with the same epochs ended in the same way. */
static bool same_end(const struct listed *here, const struct listed *there,
                     struct union_finding *finding)
{
    const bool both_ended = here->state != STATE_PART && there->state != STATE_PART;
    if (!both_ended || here->epochs != there->epochs || here->state == there->state)
        return true;
    finding->kind = UNION_OTHER_BITS;
    finding->epoch = here->epochs;
    snprintf(finding->column, UNION_TEXT_MAX, "how it ended");
    snprintf(finding->here, UNION_TEXT_MAX, "%s", end_name(here->state));
    snprintf(finding->there, UNION_TEXT_MAX, "%s", end_name(there->state));
    return false;
}

/* The same cell is in both. */
static enum lg_status choose(struct union_state *state, struct store *from,
                             const struct listed *here, const struct listed *there,
                             struct lg_error *error)
{
    struct union_finding finding = {.slug = here->slug};
    const bool both_ended = here->state != STATE_PART && there->state != STATE_PART;
    bool same = true;
    if (!both_ended || strcmp(here->seal, there->seal) != 0 ||
        here->checkpoint != there->checkpoint) {
        enum lg_status status =
            compare_epochs(state->experiment, from, here, state->to, there, &finding, &same, error);
        if (status != LG_OK)
            return status;
        if (!same || !same_end(here, there, &finding)) {
            report(state, &finding);
            return LG_OK;
        }
        if (is_farther(here, there)) {
            state->replaced++;
            status = store_remove(state->to, there->id, error);
            return status == LG_OK ? copy_cell(state, from, here, error) : status;
        }
        if (both_ended && state->timing_kept++ == 0)
            snprintf(state->first_timing, sizeof state->first_timing, "%s", here->slug);
    }
    state->kept++;
    return LG_OK;
}

static enum lg_status add_cell(struct union_state *state, struct store *from,
                               const struct listed *here, struct lg_error *error)
{
    struct union_finding finding = {.kind = UNION_DAMAGED, .slug = here->slug};
    struct listed there;
    enum lg_status status = store_verify(from, here->id, finding.why, error);
    if (status == LG_OK && finding.why[0] == '\0')
        status = find_cell(state->to, here->slug, &there, error);
    if (status != LG_OK)
        return status;
    if (finding.why[0] == '\0' && there.id == 0) {
        state->copied++;
        return copy_cell(state, from, here, error);
    }
    if (finding.why[0] == '\0' && strcmp(here->key, there.key) != 0)
        finding.kind = UNION_OTHER_SETTINGS;
    else if (finding.why[0] == '\0' && strcmp(here->dataset, there.dataset) != 0)
        finding.kind = UNION_OTHER_DATA;
    else if (finding.why[0] == '\0')
        return choose(state, from, here, &there, error);
    report(state, &finding);
    return LG_OK;
}

enum lg_status union_add(struct union_state *state, struct store *from, struct lg_error *error)
{
    sqlite3_stmt *rows = NULL;
    enum lg_status status = database_prepare(from, LIST, &rows, error);
    if (status != LG_OK)
        return status;
    int step = SQLITE_ROW;
    while (status == LG_OK && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        const struct listed cell = listed_at(rows);
        /* One that was begun and left nothing, not even a reason, is as good as missing. */
        if (cell.state != STATE_PART || cell.epochs > 0 || cell.why[0] != '\0')
            status = add_cell(state, from, &cell, error);
    }
    if (step != SQLITE_ROW && step != SQLITE_DONE)
        status = database_fail(from, error);
    database_done(rows);
    return status;
}

enum lg_status union_differs(const struct experiment *experiment, struct store *a, struct store *b,
                             const char *slug, bool *differs, struct lg_error *error)
{
    struct union_finding finding;
    struct listed one, two;
    bool same = true;
    *differs = false;
    enum lg_status status = find_cell(a, slug, &one, error);
    if (status == LG_OK)
        status = find_cell(b, slug, &two, error);
    if (status != LG_OK || one.id == 0 || two.id == 0)
        return status;
    if (strcmp(one.key, two.key) == 0 && strcmp(one.dataset, two.dataset) == 0)
        status = compare_epochs(experiment, a, &one, b, &two, &finding, &same, error);
    else
        same = false;
    *differs = status == LG_OK && (!same || !same_end(&one, &two, &finding));
    return status;
}
