#include "harness/store/store_run.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/support/files.h"
#include "tests/unit/fixture.h"

static char directory[FIXTURE_PATH];
static struct lg_error error;
static struct store *store;
static struct store_run run = {
    .path = "a.yaml",
    .text = "title: A\n",
    .overrides = "[\"epochs=2\"]",
    .dataset = "xor",
    .data_directory = "",
    .machine = "0123456789ab",
    .facts = "{\"cpu\": \"one\"}",
    .isa = "generic",
    .jobs = 2,
    .shards = 1,
    .cells = 4,
    .selected = 4,
    .epochs = 2,
};

static void expect_ok(enum lg_status status)
{
    cr_assert_eq(status, LG_OK, "expected success, found: %s", error.message);
}

static void make(void)
{
    fixture_make_folder(directory);
    cr_assert_eq(chdir(directory), 0);
    expect_ok(store_open(".", STORE_WRITE, &store, &error));
}

static void clean(void)
{
    store_close(store);
    expect_ok(files_remove_tree(directory, &error));
}

TestSuite(store_run, .init = make, .fini = clean);

static int64_t begin(const char *slug)
{
    int64_t id;
    const struct store_cell cell = {".", "key", "xor", slug, 0, 0};
    expect_ok(store_begin(store, &cell, &id, &error));
    return id;
}

static void add(int64_t id, size_t epoch)
{
    const struct store_epoch added = {
        .epoch = epoch, .trace = {"t\n", 2}, .timing = {"t\n", 2}, .state = {"state", 5}};
    expect_ok(store_add(store, id, &added, &error));
}

static struct store_counts count(void)
{
    struct store_counts counts;
    expect_ok(store_commit(store, &error));
    expect_ok(store_count(store, &counts, &error));
    return counts;
}

static enum lg_status name(void *to, const struct store_run *visited, struct lg_error *e)
{
    char line[256];
    (void)e;
    snprintf(line, sizeof line, "%s %s %s %s %s %s %zu/%zu of %zu;", visited->path, visited->text,
             visited->overrides, visited->dataset, visited->machine,
             visited->facts != NULL ? visited->facts : "none", visited->shard, visited->shards,
             visited->cells);
    strncat(to, line, 1023 - strlen(to));
    return LG_OK;
}

static enum lg_status name_machine(void *to, const char *id, const char *facts, struct lg_error *e)
{
    (void)e;
    strncat(to, id, 1023 - strlen(to));
    strncat(to, facts, 1023 - strlen(to));
    return LG_OK;
}

Test(store_run, comes_back_as_it_was_written)
{
    char runs[1024] = "", machines[1024] = "";
    expect_ok(store_begin_run(store, &run, &error));
    run.shard = 1;
    run.shards = 2;
    run.machine = "ffff";
    run.facts = NULL; /* it trains nothing */
    expect_ok(store_begin_run(store, &run, &error));
    expect_ok(store_visit_runs(store, name, runs, &error));
    cr_expect_str_eq(
        runs, "a.yaml title: A\n [\"epochs=2\"] xor 0123456789ab {\"cpu\": \"one\"} 0/1 of 4;"
              "a.yaml title: A\n [\"epochs=2\"] xor ffff none 1/2 of 4;");
    expect_ok(store_visit_machines(store, name_machine, machines, &error));
    cr_expect_str_eq(machines, "0123456789ab{\"cpu\": \"one\"}");
}

Test(store_run, added_twice_is_there_once)
{
    char runs[1024] = "";
    run.id = "run 1";
    expect_ok(store_add_run(store, &run, &error));
    expect_ok(store_add_run(store, &run, &error));
    expect_ok(store_visit_runs(store, name, runs, &error));
    cr_assert_not_null(strchr(runs, ';'));
    cr_expect_str_eq(strchr(runs, ';'), ";");
}

/* A cell is running if the last run began it or went on with it; since when it did, its epochs
 * are that run's. */
Test(store_run, counts_what_became_of_the_cells)
{
    expect_ok(store_begin_run(store, &run, &error));
    const int64_t done = begin("done"), stopped = begin("stopped"), part = begin("part");
    const int64_t diverged = begin("diverged"), failed = begin("failed");
    add(done, 1);
    add(done, 2);
    expect_ok(store_finish(store, done, 2, STORE_DONE, &error));
    add(diverged, 1);
    expect_ok(store_finish(store, diverged, 1, STORE_DIVERGED, &error));
    add(stopped, 1);
    add(part, 1);
    expect_ok(store_note(store, failed, "out of memory", &error));
    struct store_counts counts = count();
    cr_expect_eq(counts.running, 2);
    cr_expect_eq(counts.run_epochs, 5);

    expect_ok(store_begin_run(store, &run, &error));
    expect_ok(store_cut(store, part, 1, &error));
    add(part, 2);
    begin("fresh");
    counts = count();
    cr_expect_eq(counts.done, 1);
    cr_expect_eq(counts.diverged, 1);
    cr_expect_eq(counts.failed, 1);
    cr_expect_eq(counts.stopped, 1);
    cr_expect_eq(counts.running, 2); /* part and fresh */
    cr_expect_eq(counts.epochs, 6);
    cr_expect_eq(counts.part_epochs, 3);
    cr_expect_eq(counts.run_epochs, 1);
}

static enum lg_status name_failure(void *to, const char *why, size_t cells, const char *slug,
                                   struct lg_error *e)
{
    char line[128];
    (void)e;
    snprintf(line, sizeof line, "%zu %s %s;", cells, why, slug);
    strncat(to, line, 1023 - strlen(to));
    return LG_OK;
}

Test(store_run, failures_by_their_reason)
{
    char failures[1024] = "";
    expect_ok(store_note(store, begin("a"), "killed", &error));
    expect_ok(store_note(store, begin("b"), "out of memory", &error));
    expect_ok(store_note(store, begin("c"), "out of memory", &error));
    expect_ok(store_visit_failures(store, name_failure, failures, &error));
    cr_expect_str_eq(failures, "2 out of memory b;1 killed a;");
}

Test(store_run, nothing_is_in_no_store)
{
    struct store_counts counts;
    char runs[1024] = "";
    expect_ok(store_count(NULL, &counts, &error));
    cr_expect_eq(counts.done + counts.failed + counts.running, 0);
    expect_ok(store_visit_runs(NULL, name, runs, &error));
    cr_expect_str_eq(runs, "");
}
