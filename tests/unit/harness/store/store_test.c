#include "harness/store/store.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/files.h"
#include "tests/unit/fixture.h"

static char directory[FIXTURE_PATH];
static struct lg_error error;
static struct store *store;
static struct store_cell cell = {
    .directory = "r", .key = "key", .dataset = "mnist", .slug = "a-s1"};

static void expect_ok(enum lg_status status)
{
    cr_assert_eq(status, LG_OK, "expected success, found: %s", error.message);
}

static void make(void)
{
    fixture_make_folder(directory);
    cr_assert_eq(chdir(directory), 0);
    expect_ok(files_make_directories("r", &error));
    expect_ok(store_open("r", STORE_WRITE, &store, &error));
}

static void clean(void)
{
    store_close(store);
    expect_ok(files_remove_tree(directory, &error));
}

TestSuite(store, .init = make, .fini = clean);

static struct store_bytes bytes(const char *text)
{
    return (struct store_bytes){text, text != NULL ? strlen(text) : 0};
}

/* Epoch `epoch`, with a checkpoint that says so if asked. */
static void add(int64_t id, size_t epoch, bool has_state)
{
    char trace[32], state[32];
    snprintf(trace, sizeof trace, "trace %zu\n", epoch);
    snprintf(state, sizeof state, "state %zu", epoch);
    struct store_epoch added = {.epoch = epoch,
                                .trace = bytes(trace),
                                .timing = bytes("timing\n"),
                                .image = bytes(epoch % 2 == 0 ? "png" : NULL),
                                .state = bytes(has_state ? state : NULL),
                                .weights_sha256 = "weights"};
    expect_ok(store_add(store, id, &added, &error));
}

static int64_t begin(const char *slug)
{
    int64_t id;
    struct store_cell begun = cell;
    begun.slug = slug;
    expect_ok(store_begin(store, &begun, &id, &error));
    return id;
}

static struct store_found look(void)
{
    struct store_found found;
    expect_ok(store_look(store, &cell, &found, &error));
    return found;
}

static void reopen(void)
{
    expect_ok(store_commit(store, &error));
    store_close(store);
    expect_ok(store_open("r", STORE_WRITE, &store, &error));
}

/* Something that this program would not do. */
static void tamper(const char *statement)
{
    sqlite3 *db;
    expect_ok(store_commit(store, &error));
    cr_assert_eq(sqlite3_open("r/cells.sqlite", &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK, "%s: %s", statement,
                 sqlite3_errmsg(db));
    sqlite3_close(db);
}

Test(store, a_cell_from_its_beginning_to_its_end)
{
    cr_expect_eq(look().state, STORE_ABSENT);
    const int64_t id = begin("a-s1");
    cr_expect_eq(look().state, STORE_PART);
    add(id, 1, true);
    add(id, 2, false);
    reopen();
    cr_expect_eq(look().state, STORE_PART);
    cr_expect_eq(look().epochs, 2);
    expect_ok(store_finish(store, id, 2, STORE_DONE, &error));
    reopen();
    cr_expect_eq(look().state, STORE_DONE);
    const int64_t other = begin("b-s1");
    add(other, 1, false);
    expect_ok(store_finish(store, other, 1, STORE_DIVERGED, &error));
    cell.slug = "b-s1";
    cr_expect_eq(look().state, STORE_DIVERGED);
}

Test(store, what_is_not_committed_is_not_there)
{
    const int64_t id = begin("a-s1");
    add(id, 1, false);
    expect_ok(store_commit(store, &error));
    add(id, 2, false);
    store_close(store);
    expect_ok(store_open("r", STORE_WRITE, &store, &error));
    cr_expect_eq(look().epochs, 1);
}

Test(store, other_settings_and_other_data_are_foreign)
{
    begin("a-s1");
    cell.key = "another";
    cr_expect_eq(look().state, STORE_FOREIGN);
    cr_expect_not_null(strstr(error.message, "with other settings"), "%s", error.message);
    cell.key = "key";
    cell.dataset = "fashion_mnist";
    cr_expect_eq(look().state, STORE_FOREIGN);
    cr_expect_not_null(strstr(error.message, "trained on mnist"), "%s", error.message);
}

Test(store, goes_on_from_the_last_checkpoint)
{
    struct store_checkpoint checkpoint;
    char why[STORE_WHY_MAX];
    const int64_t id = begin("a-s1");
    expect_ok(store_resume(store, id, &checkpoint, why, &error));
    cr_expect_eq(checkpoint.epoch, 0);
    free(checkpoint.bytes);
    for (size_t epoch = 1; epoch <= 5; epoch++)
        add(id, epoch, epoch <= 3);
    reopen();
    expect_ok(store_resume(store, id, &checkpoint, why, &error));
    cr_assert_str_eq(why, "");
    cr_assert_eq(checkpoint.epoch, 3);
    cr_expect_str_eq(checkpoint.weights_sha256, "weights");
    cr_expect(checkpoint.size == 7 && memcmp(checkpoint.bytes, "state 3", 7) == 0);
    free(checkpoint.bytes);
    expect_ok(store_cut(store, id, 3, &error));
    cr_expect_eq(look().epochs, 3);
    add(id, 4, false); /* once more */
    expect_ok(store_finish(store, id, 4, STORE_DONE, &error));
    expect_ok(store_verify(store, id, why, &error));
    cr_expect_str_eq(why, "");
}

/* One that was finished goes on when more epochs are asked for, from its last state if that was
 * kept; fewer are another's. */
Test(store, a_finished_cell_goes_on_when_more_epochs_are_asked_for)
{
    struct store_checkpoint checkpoint;
    char why[STORE_WHY_MAX];
    size_t kept;
    const int64_t id = begin("a-s1");
    add(id, 1, true);
    add(id, 2, true);
    expect_ok(store_finish(store, id, 2, STORE_DONE, &error));
    reopen();
    cell.epochs = 2;
    cr_expect_eq(look().state, STORE_DONE);
    cell.epochs = 1;
    cr_expect_eq(look().state, STORE_FOREIGN);
    cr_expect_str_eq(error.message,
                     "r holds 2 epochs of cell 'a-s1', and this run asks for 1: --set epochs=2 "
                     "keeps them, --fresh retrains it, --out DIR keeps both");
    cell.epochs = 4;
    cr_expect_eq(look().state, STORE_SHORT);
    expect_ok(store_checkpoint_epoch(store, id, &kept, &error));
    cr_expect_eq(kept, 2);
    expect_ok(store_resume(store, id, &checkpoint, why, &error));
    cr_expect(checkpoint.epoch == 2 && why[0] == '\0');
    free(checkpoint.bytes);
    expect_ok(store_cut(store, id, 2, &error));
    cr_expect_eq(look().state, STORE_PART);
    add(id, 3, false);
    add(id, 4, false);
    expect_ok(store_finish(store, id, 4, STORE_DONE, &error));
    cr_expect_eq(look().state, STORE_DONE);
    expect_ok(store_verify(store, id, why, &error));
    cr_expect_str_eq(why, "");
    /* The state of epoch 2 is of no use any more. */
    expect_ok(store_checkpoint_epoch(store, id, &kept, &error));
    cr_expect_eq(kept, 0);
}

/* One that diverged has no more epochs to come, however many are asked for. */
Test(store, a_diverged_cell_is_finished)
{
    const int64_t id = begin("a-s1");
    add(id, 1, false);
    expect_ok(store_finish(store, id, 1, STORE_DIVERGED, &error));
    cell.epochs = 4;
    cr_expect_eq(look().state, STORE_DIVERGED);
}

Test(store, an_epoch_out_of_order_is_refused)
{
    const int64_t id = begin("a-s1");
    add(id, 1, false);
    struct store_epoch third = {.epoch = 3, .trace = bytes("t"), .timing = bytes("t")};
    cr_expect_neq(store_add(store, id, &third, &error), LG_OK);
    struct store_epoch first = {.epoch = 1, .trace = bytes("t"), .timing = bytes("t")};
    cr_expect_neq(store_add(store, id, &first, &error), LG_OK);
}

/* Each thing that can be changed, and a cell that has it. */
Test(store, every_change_is_seen)
{
    static const char *const changes[] = {
        "UPDATE epoch SET trace = CAST('trace 3' AS BLOB) WHERE epoch = 2",
        "UPDATE epoch SET timing = CAST('' AS BLOB) WHERE epoch = 1",
        "UPDATE epoch SET image = NULL WHERE epoch = 2",
        "UPDATE epoch SET image = CAST('png' AS BLOB) WHERE epoch = 1",
        "UPDATE epoch SET parameters = CAST('p' AS BLOB) WHERE epoch = 3",
        "UPDATE epoch SET seal = replace(seal, substr(seal, 1, 1), 'x') WHERE epoch = 3",
        "DELETE FROM epoch WHERE epoch = 3",
        "DELETE FROM epoch WHERE epoch = 1",
        "UPDATE cell SET epochs = 2",
        "UPDATE cell SET state = 2",
        "UPDATE cell SET slug = 'b-s1'",
        "UPDATE cell SET key = 'another'",
        "UPDATE cell SET dataset = 'fashion_mnist'",
        "UPDATE cell SET seal = ''",
    };
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        char why[STORE_WHY_MAX], slug[64];
        size_t cells;
        const int64_t id = begin("a-s1");
        for (size_t epoch = 1; epoch <= 3; epoch++)
            add(id, epoch, false);
        expect_ok(store_finish(store, id, 3, STORE_DONE, &error));
        expect_ok(store_verify_all(store, &cells, slug, sizeof slug, why, &error));
        cr_assert_str_eq(why, "");
        cr_assert_eq(cells, 1);
        tamper(changes[i]);
        expect_ok(store_verify_all(store, &cells, slug, sizeof slug, why, &error));
        cr_expect_str_neq(why, "", "not seen: %s", changes[i]);
        expect_ok(store_remove(store, id, &error));
        expect_ok(store_commit(store, &error));
    }
}

static enum lg_status collect(void *to, const struct store_epoch *epoch, struct lg_error *e)
{
    (void)e;
    strncat(to, epoch->trace.bytes, epoch->trace.size);
    return LG_OK;
}

/* Two cells whose epochs came in turns are read apart, each in its order. */
Test(store, epochs_come_back_in_their_order)
{
    char a[128] = "", b[128] = "";
    const int64_t first = begin("a-s1"), second = begin("b-s1");
    for (size_t epoch = 1; epoch <= 3; epoch++) {
        add(second, epoch, false);
        add(first, epoch, false);
    }
    expect_ok(store_visit(store, first, collect, a, &error));
    expect_ok(store_visit(store, second, collect, b, &error));
    cr_expect_str_eq(a, "trace 1\ntrace 2\ntrace 3\n");
    cr_expect_str_eq(b, a);
}

Test(store, a_settled_store_is_one_file_that_reads_where_nothing_can_be_written)
{
    struct store *reader;
    add(begin("a-s1"), 1, true);
    expect_ok(store_settle(store, &error));
    cr_expect_not(files_exists("r/cells.sqlite-wal"));
    expect_ok(store_open("r", STORE_READ, &reader, &error));
    store_close(reader);
    expect_ok(store_open(".", STORE_READ, &reader, &error));
    cr_expect_null(reader, "a store where there is none");
}

Test(store, a_reason_is_kept_until_the_cell_goes_on)
{
    const int64_t id = begin("a-s1");
    expect_ok(store_note(store, id, "its process was ended by signal 9", &error));
    reopen();
    cr_expect_str_eq(look().why, "its process was ended by signal 9");
    add(id, 1, false);
    cr_expect_str_eq(look().why, "");
}

/* A writer that was killed between making the file and making its tables. */
Test(store, a_file_without_tables_is_a_new_one)
{
    struct store *reader;
    fixture_write(".", "cells.sqlite", "", 0);
    expect_ok(store_open(".", STORE_READ, &reader, &error));
    cr_expect_null(reader);
    expect_ok(store_open(".", STORE_WRITE, &reader, &error));
    cr_expect_not_null(reader);
    store_close(reader);
}

/* A run that went on after a failure of the disk must not call a cell with a hole finished. */
Test(store, a_cell_ends_with_the_epochs_that_it_had)
{
    const int64_t id = begin("a-s1");
    add(id, 1, true);
    add(id, 2, false);
    cr_expect_eq(store_finish(store, id, 3, STORE_DONE, &error), LG_FAILED);
    cr_expect_eq(store_finish(store, id, 1, STORE_DONE, &error), LG_FAILED);
    reopen();
    cr_expect_eq(look().state, STORE_PART);
    struct store_checkpoint checkpoint;
    char why[STORE_WHY_MAX];
    expect_ok(store_resume(store, id, &checkpoint, why, &error));
    cr_expect_eq(checkpoint.epoch, 1, "the checkpoint was dropped");
    free(checkpoint.bytes);
}

/* Somebody who reads at the end of a run does not make it fail. */
Test(store, settles_as_far_as_readers_let_it)
{
    sqlite3 *reader;
    sqlite3_stmt *rows;
    const int64_t id = begin("a-s1");
    add(id, 1, true);
    add(begin("b-s1"), 1, true);
    expect_ok(store_commit(store, &error));
    cr_assert_eq(sqlite3_open("r/cells.sqlite", &reader), SQLITE_OK);
    cr_assert_eq(sqlite3_prepare_v2(reader, "SELECT * FROM cell", -1, &rows, NULL), SQLITE_OK);
    cr_assert_eq(sqlite3_step(rows), SQLITE_ROW);
    expect_ok(store_settle(store, &error));
    sqlite3_finalize(rows);
    sqlite3_close(reader);
    cr_expect_eq(look().epochs, 1);
    expect_ok(store_settle(store, &error));
    cr_expect_not(files_exists("r/cells.sqlite-wal"));
}

/* Held, a reader sees one moment; what writes lets go of it by itself. */
Test(store, a_held_reader_sees_one_moment)
{
    struct store *reader;
    struct store_found found;
    add(begin("a-s1"), 1, false);
    expect_ok(store_commit(store, &error));
    expect_ok(store_open("r", STORE_READ, &reader, &error));
    expect_ok(store_hold(reader, &error));
    expect_ok(store_look(reader, &cell, &found, &error));
    cr_expect_eq(found.epochs, 1);
    expect_ok(store_hold(store, &error));
    add(look().id, 2, false);
    expect_ok(store_commit(store, &error));
    expect_ok(store_look(reader, &cell, &found, &error));
    cr_expect_eq(found.epochs, 1);
    store_release(reader);
    expect_ok(store_look(reader, &cell, &found, &error));
    cr_expect_eq(found.epochs, 2);
    store_close(reader);
    expect_ok(store_hold(NULL, &error));
    store_release(NULL);
    expect_ok(store_hold(store, &error));
    expect_ok(store_settle(store, &error));
    cr_expect_not(files_exists("r/cells.sqlite-wal"));
}
