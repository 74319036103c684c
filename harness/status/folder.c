#include "harness/status/folder.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/support/files.h"
#include "harness/support/progress.h"

/* ---- The runs -------------------------------------------------------------- */

/* Which shards ran, of one spec and one number of shards. */
struct shards {
    struct folder *folder;
    char spec[LG_DIGEST_HEX];
    size_t count, selected; /* cells of those that ran */
    bool *ran;              /* (count) owned */
};

static void digest_spec(const struct store_run *run, char spec[LG_DIGEST_HEX])
{
    char text[LG_DIGEST_HEX], both[2 * LG_DIGEST_HEX];
    lg_digest_bytes(run->text, strlen(run->text), text);
    lg_digest_bytes(run->overrides, strlen(run->overrides), spec);
    const int size = snprintf(both, sizeof both, "%s%s", text, spec);
    lg_digest_bytes(both, (size_t)size, spec);
}

/* The cells that were asked for: of a spec that was run in other shards too, all. */
static enum lg_status count_shard(struct shards *shards, const struct store_run *run,
                                  struct lg_error *error)
{
    char spec[LG_DIGEST_HEX];
    digest_spec(run, spec);
    if (strcmp(spec, shards->spec) != 0) {
        free(shards->ran);
        memcpy(shards->spec, spec, sizeof spec);
        shards->count = run->shards;
        shards->selected = 0;
        shards->ran = calloc(run->shards > 0 ? run->shards : 1, sizeof *shards->ran);
        if (shards->ran == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    }
    if (run->shards != shards->count || run->shard >= shards->count) {
        shards->selected = run->cells;
    } else if (!shards->ran[run->shard]) {
        shards->ran[run->shard] = true;
        shards->selected += run->selected;
    }
    if (shards->selected > run->cells)
        shards->selected = run->cells;
    return LG_OK;
}

static void find_host(const struct store_run *run, char *host, size_t size)
{
    json_t *facts = run->facts != NULL ? json_loads(run->facts, 0, NULL) : NULL;
    const char *name = json_string_value(json_object_get(facts, "host"));
    snprintf(host, size, "%s", name != NULL ? name : "");
    json_decref(facts);
}

static enum lg_status take_run(void *to, const struct store_run *run, struct lg_error *error)
{
    struct shards *shards = to;
    struct folder *folder = shards->folder;
    folder->cells = run->cells;
    folder->epochs = run->epochs;
    folder->jobs = run->jobs;
    folder->shard = run->shard;
    folder->shards = run->shards;
    folder->started_ms = run->started_ms;
    folder->seen_ms = run->seen_ms;
    find_host(run, folder->host, sizeof folder->host);
    return count_shard(shards, run, error);
}

/* ---- The cells ------------------------------------------------------------- */

static enum lg_status take_failure(void *to, const char *why, size_t cells, const char *slug,
                                   struct lg_error *error)
{
    (void)error;
    json_array_append_new(
        to, json_pack("{s:s, s:I, s:s}", "why", why, "cells", (json_int_t)cells, "first", slug));
    return LG_OK;
}

static enum lg_status take_running(void *to, const char *slug, size_t epochs,
                                   struct lg_error *error)
{
    (void)error;
    json_array_append_new(to, json_pack("{s:s, s:I}", "cell", slug, "epochs", (json_int_t)epochs));
    return LG_OK;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* By the epochs that the last run added since it began. */
static double seconds_left(const struct folder *folder)
{
    const struct store_counts *counts = &folder->counts;
    const int64_t end = folder->state == FOLDER_RUNNING ? now_ms() : folder->seen_ms;
    const double elapsed_s = (double)(end - folder->started_ms) * 1e-3;
    const size_t epochs = folder->left * folder->epochs;
    if (folder->left == 0)
        return 0;
    return progress_seconds_left(counts->run_epochs,
                                 epochs > counts->part_epochs ? epochs - counts->part_epochs : 0,
                                 elapsed_s);
}

/* What the counts are of a folder that somebody writes, or nobody. */
static void judge(struct folder *folder, bool is_locked)
{
    struct store_counts *counts = &folder->counts;
    const size_t finished = counts->done + counts->diverged;
    folder->left = folder->expected > finished ? folder->expected - finished : 0;
    folder->state = is_locked           ? FOLDER_RUNNING
                    : folder->left == 0 ? FOLDER_FINISHED
                                        : FOLDER_STOPPED;
    if (!is_locked) {
        counts->stopped += counts->running;
        counts->running = 0;
        json_array_clear(folder->running);
    }
    folder->seconds_left = seconds_left(folder);
}

/* ---- The whole ------------------------------------------------------------- */

static enum lg_status read_store(struct store *store, struct folder *folder, struct lg_error *error)
{
    struct shards shards = {.folder = folder};
    enum lg_status status = store_visit_runs(store, take_run, &shards, error);
    folder->expected = shards.selected;
    free(shards.ran);
    if (status == LG_OK)
        status = store_count(store, &folder->counts, error);
    if (status == LG_OK)
        status = store_visit_running(store, take_running, folder->running, error);
    return status == LG_OK ? store_visit_failures(store, take_failure, folder->failures, error)
                           : status;
}

enum lg_status folder_read(const char *path, struct folder *folder, struct lg_error *error)
{
    char file[FILES_PATH_MAX];
    bool is_locked = false;
    struct store *store = NULL;
    *folder = (struct folder){.path = path, .running = json_array(), .failures = json_array()};
    if (access(path, F_OK) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot read %s: %s", path, strerror(errno));
    enum lg_status status = files_path(file, error, "%s/cells.sqlite", path);
    if (status == LG_OK && !files_exists(file))
        return lg_fail(error, LG_INPUT,
                       "%s: no cells.sqlite, so no folder that `lossgrid run` made", path);
    if (status == LG_OK)
        status = files_path(file, error, "%s/.lock", path);
    /* Before the store is read: a run that ends meanwhile is then shown as running, and not one
     * that has finished as stopped. */
    if (status == LG_OK)
        status = files_is_locked(file, &is_locked, error);
    if (status == LG_OK)
        status = store_open(path, STORE_READ, &store, error);
    if (status == LG_OK)
        status = read_store(store, folder, error);
    store_close(store);
    if (status == LG_OK && (folder->started_ms != 0 || is_locked))
        judge(folder, is_locked);
    return status;
}

const char *folder_state_name(enum folder_state state)
{
    static const char *const names[] = {[FOLDER_EMPTY] = "empty",
                                        [FOLDER_RUNNING] = "running",
                                        [FOLDER_STOPPED] = "stopped",
                                        [FOLDER_FINISHED] = "finished"};
    return names[state];
}

void folder_free(struct folder *folder)
{
    json_decref(folder->running);
    json_decref(folder->failures);
    *folder = (struct folder){0};
}
