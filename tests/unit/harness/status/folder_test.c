#include "harness/status/folder.h"

#include <criterion/criterion.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/status/show.h"
#include "harness/support/files.h"
#include "tests/unit/fixture.h"

static char directory[FIXTURE_PATH];
static struct lg_error error;
static struct store *store;
static struct folder folder;
static struct store_run run = {
    .path = "a.yaml",
    .text = "title: A\n",
    .overrides = "[]",
    .dataset = "xor",
    .data_directory = "",
    .machine = "0123456789ab",
    .facts = "{\"host\": \"node-1\"}",
    .isa = "generic",
    .jobs = 2,
    .shards = 1,
    .cells = 12,
    .selected = 12,
    .epochs = 4,
};

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
    folder_free(&folder);
    store_close(store);
    expect_ok(files_remove_tree(directory, &error));
}

TestSuite(folder, .init = make, .fini = clean);

/* A cell with so many epochs. */
static int64_t begin(const char *slug, size_t epochs)
{
    int64_t id;
    const struct store_cell cell = {"r", "key", "xor", slug, 0, 0};
    expect_ok(store_begin(store, &cell, &id, &error));
    for (size_t epoch = 1; epoch <= epochs; epoch++) {
        const struct store_epoch added = {
            .epoch = epoch, .trace = {"t\n", 2}, .timing = {"t\n", 2}};
        expect_ok(store_add(store, id, &added, &error));
    }
    return id;
}

static void finish(const char *slug)
{
    expect_ok(store_finish(store, begin(slug, 4), 4, STORE_DONE, &error));
}

static void tamper(const char *statement)
{
    sqlite3 *db;
    expect_ok(store_commit(store, &error));
    cr_assert_eq(sqlite3_open("r/cells.sqlite", &db), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(db, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(db);
}

static void look(void)
{
    expect_ok(store_commit(store, &error));
    folder_free(&folder);
    expect_ok(folder_read("r", &folder, &error));
}

Test(folder, nothing_yet_is_unknown)
{
    look();
    cr_expect_eq(folder.state, FOLDER_EMPTY);
    expect_ok(store_begin_run(store, &run, &error));
    look();
    cr_expect_eq(folder.state, FOLDER_STOPPED);
    cr_expect_eq(folder.left, 12);
    cr_expect_lt(folder.seconds_left, 0);
}

/* 10 epochs in 5 seconds, and 12 cells of 4 epochs but those 10: 38 epochs are left. */
Test(folder, the_time_left_goes_by_the_epochs_of_the_run)
{
    expect_ok(store_begin_run(store, &run, &error));
    finish("a");
    finish("b");
    begin("c", 2);
    tamper("UPDATE run SET started_ms = 1000, seen_ms = 6000");
    look();
    cr_expect_eq(folder.left, 10);
    cr_expect_float_eq(folder.seconds_left, 19.0, 1e-9);
    cr_expect_eq(folder.counts.stopped, 1);

    /* The next run goes on at another rate: 4 epochs in 1 second. What was there before it began
     * is none of its doing. */
    expect_ok(store_begin_run(store, &run, &error));
    finish("d");
    tamper("UPDATE run SET started_ms = 7000, seen_ms = 8000 WHERE started_ms <> 1000");
    look();
    cr_expect_float_eq(folder.seconds_left, 34.0 / 4, 1e-9);
}

Test(folder, a_lock_that_is_held_is_a_run)
{
    int lock;
    expect_ok(files_lock("r/.lock", "wait", &lock, &error));
    expect_ok(store_begin_run(store, &run, &error));
    begin("a", 1);
    expect_ok(store_note(store, begin("b", 1), "out of memory", &error));
    look();
    cr_expect_eq(folder.state, FOLDER_RUNNING);
    cr_expect_eq(folder.counts.running, 1);
    cr_expect_eq(json_array_size(folder.running), 1);
    cr_expect_str_eq(folder.host, "node-1");
    close(lock);
    look();
    cr_expect_eq(folder.state, FOLDER_STOPPED);
    cr_expect_eq(folder.counts.running, 0);
    cr_expect_eq(folder.counts.stopped, 1);
    cr_expect_eq(folder.counts.failed, 1);
    cr_expect_eq(json_array_size(folder.running), 0);
}

/* Only what was asked for here is left: shards that ran elsewhere are not waited for. */
Test(folder, shards_are_what_was_asked_for)
{
    run.shard = 2;
    run.shards = 4;
    run.selected = 3;
    expect_ok(store_begin_run(store, &run, &error));
    expect_ok(store_begin_run(store, &run, &error)); /* the same again */
    look();
    cr_expect_eq(folder.expected, 3);
    run.shard = 0;
    expect_ok(store_begin_run(store, &run, &error));
    look();
    cr_expect_eq(folder.expected, 6);
    run.shards = 5; /* other shards: who can say which cells */
    expect_ok(store_begin_run(store, &run, &error));
    look();
    cr_expect_eq(folder.expected, 12);
    run.overrides = "[\"epochs=1\"]"; /* another spec: the last one counts */
    expect_ok(store_begin_run(store, &run, &error));
    look();
    cr_expect_eq(folder.expected, 3);
}

static bool shows(const struct folder *folders, size_t count, const char *line)
{
    struct text text = {0};
    expect_ok(show_text(folders, count, &text, &error));
    const bool found = strstr(text.bytes, line) != NULL;
    if (!found)
        fprintf(stderr, "%s", text.bytes);
    text_free(&text);
    return found;
}

/* Folders are of machines side by side: the longest time left is that of all, and unknown is
 * unknown. */
Test(folder, several_are_summed)
{
    struct folder folders[] = {
        {.path = "a",
         .state = FOLDER_FINISHED,
         .expected = 4,
         .counts = {.done = 3, .diverged = 1}},
        {.path = "b",
         .state = FOLDER_RUNNING,
         .expected = 4,
         .left = 2,
         .seconds_left = 5,
         .counts = {.done = 2}},
        {.path = "c",
         .state = FOLDER_STOPPED,
         .expected = 4,
         .left = 1,
         .seconds_left = 70,
         .counts = {.done = 3}},
    };
    cr_expect(shows(folders, 3,
                    "all                  12     8         1       0        0        0"
                    "     3  1 min 10 s"));
    folders[1].seconds_left = -1;
    cr_expect(shows(folders, 3, "     3  unknown"));
}
