#include "harness/merge/merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/merge/origin.h"
#include "harness/store/places.h"
#include "harness/store/results.h"
#include "harness/store/store_run.h"
#include "harness/store/union.h"
#include "harness/support/files.h"
#include "harness/support/output.h"
#include "harness/support/words.h"

struct merging {
    const struct merge_request *request;
    struct origin spec; /* of the first folder that has one */
    struct experiment experiment;
    bool out_was_there; /* before this began */
    bool store_was_there;
    int lock;
    struct store *to;
    struct union_state state;
    size_t at; /* the folder that is being added */
};

/* ---- What is asked for ----------------------------------------------------- */

static enum lg_status check_folder(const struct merge_request *request, size_t i,
                                   struct lg_error *error)
{
    const char *folder = request->folders[i];
    char path[FILES_PATH_MAX];
    if (access(folder, F_OK) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "cannot read %s: %s", folder, strerror(errno));
    if (files_are_same(folder, request->out))
        return lg_fail(error, LG_USAGE,
                       "%s is --out itself: what it holds is kept anyway, so leave it out of the "
                       "list",
                       folder);
    for (size_t j = 0; j < i; j++)
        if (files_are_same(folder, request->folders[j]))
            return lg_fail(error, LG_USAGE, "%s and %s are the same folder", request->folders[j],
                           folder);
    enum lg_status status = files_path(path, error, "%s/cells.sqlite", folder);
    if (status == LG_OK && !files_exists(path))
        status = lg_fail(error, LG_INPUT,
                         "%s: no cells.sqlite, so no folder that `lossgrid run` made", folder);
    return status;
}

/* Say that what is there now is taken of a folder that somebody writes. */
static enum lg_status look_for_runs(const char *folder, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    bool is_locked = false;
    enum lg_status status = files_path(path, error, "%s/.lock", folder);
    if (status == LG_OK)
        status = files_is_locked(path, &is_locked, error);
    if (is_locked)
        output_line(stderr, "%s: a run is writing there; what it has finished so far is taken",
                    folder);
    return status;
}

/* Hold the spec of a folder against that of the folders before it. */
static enum lg_status check_spec(struct merging *merging, const char *folder,
                                 struct lg_error *error)
{
    struct origin origin = {0};
    struct store *store = NULL;
    enum lg_status status = store_open(folder, STORE_READ, &store, error);
    if (status == LG_OK)
        status = origin_read(store, folder, &origin, error);
    store_close(store);
    if (status == LG_OK && !origin.is_there)
        output_line(stderr, "%s: nothing is in it yet", folder);
    if (status == LG_OK && origin.is_there && merging->spec.is_there)
        status = origin_compare(&merging->spec, &origin, error);
    if (status == LG_OK && origin.is_there && !merging->spec.is_there) {
        merging->spec = origin;
        return LG_OK;
    }
    origin_free(&origin);
    return status;
}

static enum lg_status check_specs(struct merging *merging, struct lg_error *error)
{
    const struct merge_request *request = merging->request;
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < request->count; i++) {
        status = check_folder(request, i, error);
        if (status == LG_OK)
            status = look_for_runs(request->folders[i], error);
        if (status == LG_OK)
            status = check_spec(merging, request->folders[i], error);
    }
    if (status == LG_OK && !merging->spec.is_there)
        status = lg_fail(error, LG_INPUT, "%s: no run has begun a cell there%s",
                         request->folders[0], request->count > 1 ? ", nor in the others" : "");
    if (status == LG_OK && merging->store_was_there)
        status = check_spec(merging, request->out, error);
    return status == LG_OK ? origin_experiment(&merging->spec, &merging->experiment, error)
                           : status;
}

/* ---- The folder that is made ----------------------------------------------- */

static enum lg_status look_at_out(struct merging *merging, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/cells.sqlite", merging->request->out);
    merging->out_was_there = files_exists(merging->request->out);
    merging->store_was_there = status == LG_OK && files_exists(path);
    return status;
}

static enum lg_status open_out(struct merging *merging, struct lg_error *error)
{
    const char *out = merging->request->out;
    char path[FILES_PATH_MAX], slug[SPEC_NAME_MAX], why[STORE_WHY_MAX] = "";
    size_t cells;
    enum lg_status status = files_path(path, error, "%s/.lock", out);
    if (status == LG_OK)
        status = files_make_directories(out, error);
    if (status == LG_OK)
        status = files_lock(path, "wait for it to end", &merging->lock, error);
    if (status == LG_OK)
        status = store_open(out, STORE_WRITE, &merging->to, error);
    if (status == LG_OK)
        status = store_verify_all(merging->to, &cells, slug, sizeof slug, why, error);
    if (status == LG_OK && why[0] != '\0')
        status = lg_fail(error, LG_FAILED, "%s: cell '%s': %s; `lossgrid run` trains it again", out,
                         slug, why);
    return status;
}

/* Remove what this command made and nothing came of. */
static void undo(const struct merging *merging)
{
    static const char *const files[] = {"cells.sqlite", "cells.sqlite-wal", "cells.sqlite-shm",
                                        ".lock"};
    char path[FILES_PATH_MAX];
    struct lg_error ignored;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (files_path(path, &ignored, "%s/%s", merging->request->out, files[i]) == LG_OK)
            (void)unlink(path);
    if (!merging->out_was_there)
        (void)rmdir(merging->request->out);
}

/* ---- The union ------------------------------------------------------------- */

/* Which folder before this one, or what `out` held, has another cell of this name. */
static const char *find_other(const struct merging *merging, const char *slug)
{
    const struct merge_request *request = merging->request;
    const char *other = NULL;
    struct store *here = NULL;
    struct lg_error ignored;
    if (store_open(request->folders[merging->at], STORE_READ, &here, &ignored) != LG_OK)
        return request->out;
    for (size_t i = 0; i < merging->at && other == NULL; i++) {
        struct store *store = NULL;
        bool differs = false;
        if (store_open(request->folders[i], STORE_READ, &store, &ignored) == LG_OK && store != NULL)
            (void)union_differs(&merging->experiment, store, here, slug, &differs, &ignored);
        store_close(store);
        if (differs)
            other = request->folders[i];
    }
    store_close(here);
    return other != NULL ? other : request->out;
}

static void say(void *context, const struct union_finding *finding)
{
    const struct merging *merging = context;
    const char *here = merging->request->folders[merging->at];
    if (merging->state.findings > MERGE_NAMED_MOST)
        return;
    if (finding->kind == UNION_DAMAGED) {
        output_line(stderr, "%s: cell '%s' is damaged: %s", here, finding->slug, finding->why);
        return;
    }
    const char *there = find_other(merging, finding->slug);
    if (finding->kind == UNION_OTHER_SETTINGS)
        output_line(stderr, "%s and %s: cell '%s' was trained with other settings", there, here,
                    finding->slug);
    else if (finding->kind == UNION_OTHER_DATA)
        output_line(stderr, "%s and %s: cell '%s' was trained on other data", there, here,
                    finding->slug);
    else
        output_line(
            stderr,
            "%s and %s: cell '%s' has the same key and other bits: epoch %zu, %s: %s in %s, "
            "%s in %s",
            there, here, finding->slug, finding->epoch, finding->column, finding->there, there,
            finding->here, here);
}

static enum lg_status take_run(void *to, const struct store_run *run, struct lg_error *error)
{
    return store_add_run(to, run, error);
}

static enum lg_status add_folder(struct merging *merging, const char *folder,
                                 struct lg_error *error)
{
    struct store *store = NULL;
    enum lg_status status = store_open(folder, STORE_READ, &store, error);
    if (status == LG_OK && store == NULL) /* empty: said by check_specs() */
        return LG_OK;
    if (status == LG_OK)
        status = store_visit_runs(store, take_run, merging->to, error);
    if (status == LG_OK)
        status = union_add(&merging->state, store, error);
    store_close(store);
    return status;
}

static enum lg_status add_folders(struct merging *merging, struct lg_error *error)
{
    enum lg_status status = LG_OK;
    merging->state = (struct union_state){
        .experiment = &merging->experiment, .to = merging->to, .find = say, .context = merging};
    for (size_t i = 0; status == LG_OK && i < merging->request->count; i++) {
        merging->at = i;
        status = add_folder(merging, merging->request->folders[i], error);
    }
    if (status == LG_OK && merging->state.findings > MERGE_NAMED_MOST)
        output_line(stderr, "... and %zu more", merging->state.findings - MERGE_NAMED_MOST);
    if (status == LG_OK && merging->state.findings > 0)
        status = lg_fail(error, LG_FAILED, "%zu cell%s cannot be merged: nothing was written to %s",
                         merging->state.findings, merging->state.findings > 1 ? "s" : "",
                         merging->request->out);
    return status;
}

/* The cells that the spec has are of the keys that this program gives them: others would be left
 * out of the files without a word. */
static enum lg_status check_keys(const struct merging *merging, struct lg_error *error)
{
    const struct experiment *experiment = &merging->experiment;
    char slug[SPEC_NAME_MAX];
    size_t foreign;
    enum lg_status status =
        places_find(merging->to, STORE_WRITE, experiment, merging->spec.dataset, &foreign, error);
    if (status != LG_OK || foreign == SIZE_MAX)
        return status;
    status = experiment_slug(experiment, foreign, slug, error);
    return status != LG_OK
               ? status
               : lg_fail(error, LG_INPUT,
                         "cell '%s' has not the key that this version gives it: it was trained "
                         "by a version of other numerics, which can merge it",
                         slug);
}

/* ---- What is written and said ---------------------------------------------- */

/* The command that trains what is missing, or makes the folder again. */
static json_t *command_words(const struct merging *merging, const char *const *overrides,
                             size_t count)
{
    json_t *words = json_array();
    words_add(&words, program_invocation_name);
    words_add(&words, "run");
    words_add(&words, merging->experiment.path);
    for (size_t i = 0; i < count; i++)
        words_option(&words, "--set", overrides[i]);
    words_option(&words, "--out", merging->request->out);
    return words;
}

static void say_missing(const struct merging *merging, const struct results *results,
                        const json_t *words)
{
    struct text line = {0};
    const size_t missing = results->extent.count - results->extent.finished;
    if (missing == 0)
        return;
    for (size_t i = 0; i < json_array_size(words); i++) {
        text_print(&line, i > 0 ? " " : "");
        words_quote(&line, json_string_value(json_array_get(words, i)));
    }
    output_line(stderr,
                "%s: %zu of %zu cells are missing (%zu failed, %zu begun); this trains them: %s",
                merging->request->out, missing, results->extent.count, results->extent.failed,
                results->extent.unfinished, line.bytes != NULL ? line.bytes : "lossgrid run");
    text_free(&line);
}

static void say_union(const struct merging *merging, const struct results *results, size_t others)
{
    const struct union_state *state = &merging->state;
    const struct merge_request *request = merging->request;
    if (state->timing_kept > 0)
        output_line(stderr,
                    "%zu cells are finished in more than one folder, with the same bits; their "
                    "times are those of the folder named first: '%s' is the first such cell",
                    state->timing_kept, state->first_timing);
    if (others > 0)
        output_line(stderr, "%s: %zu finished cells are of another spec: kept, and in no CSV file",
                    request->out, others);
    output_line(stdout,
                "%s: %zu of %zu cells are finished, %zu of them diverged; %zu came from %zu "
                "folder%s",
                request->out, results->extent.finished, results->extent.count,
                results->extent.diverged, state->copied + state->replaced, request->count,
                request->count > 1 ? "s" : "");
}

static enum lg_status write_manifest(const struct merging *merging, const struct origin *all,
                                     const struct results *results, const char *const *overrides,
                                     size_t override_count, json_t *command, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct machine machine;
    machine_look(&machine);
    const struct manifest manifest = {
        .experiment = &merging->experiment,
        .overrides = overrides,
        .override_count = override_count,
        .data = lg_dataset_find(all->dataset),
        .data_directory = all->data_directory,
        .substituted = all->substituted,
        .isa = all->isas.bytes,
        .machine = &machine,
        .machines = results->machines,
        .jobs = all->jobs,
        .started = all->started,
        .finished = time(NULL),
        .extent = &results->extent,
        .trace_sha256 = results->trace_sha256,
        .command = command,
    };
    if (manifest.data == NULL)
        return lg_fail(error, LG_INPUT, "%s: this program knows no data set '%s'",
                       merging->request->out, all->dataset);
    enum lg_status status = files_path(path, error, "%s/manifest.json", merging->request->out);
    return status == LG_OK ? manifest_write(path, &manifest, error) : status;
}

/* The folder's files, made of the union, and what they hold in a few lines. */
static enum lg_status write_files(const struct merging *merging, const struct origin *all,
                                  struct lg_error *error)
{
    const char **overrides = NULL;
    size_t count = 0;
    struct results results = {0};
    struct store_counts counts;
    const struct export export = {
        .experiment = &merging->experiment,
        .dataset = all->dataset,
        .store = merging->to,
        .directory = merging->request->out,
        .input = {all->input.bytes, all->input.size},
    };
    enum lg_status status = origin_overrides(all, &overrides, &count, error);
    json_t *command = status == LG_OK ? command_words(merging, overrides, count) : NULL;
    if (status == LG_OK)
        status = results_make(&export, &results, error);
    if (status == LG_OK)
        status = write_manifest(merging, all, &results, overrides, count, command, error);
    if (status == LG_OK)
        status = store_count(merging->to, &counts, error);
    if (status == LG_OK)
        status = store_settle(merging->to, error);
    if (status == LG_OK) {
        say_union(merging, &results, counts.done + counts.diverged - results.extent.finished);
        say_missing(merging, &results, command);
    }
    json_decref(command);
    results_free(&results);
    free(overrides);
    return status;
}

/* ---- The whole ------------------------------------------------------------- */

static enum lg_status merge(struct merging *merging, struct lg_error *error)
{
    struct origin all = {0};
    enum lg_status status = add_folders(merging, error);
    if (status == LG_OK)
        status = check_keys(merging, error);
    if (status == LG_OK)
        status = store_commit(merging->to, error);
    if (status != LG_OK) {
        store_close(merging->to); /* drops what was added */
        merging->to = NULL;
        if (!merging->store_was_there)
            undo(merging);
        return status;
    }
    status = origin_read(merging->to, merging->request->out, &all, error);
    if (status == LG_OK)
        status = write_files(merging, &all, error);
    origin_free(&all);
    return status;
}

enum lg_status merge_folders(const struct merge_request *request, struct lg_error *error)
{
    struct merging merging = {.request = request, .lock = -1};
    enum lg_status status = look_at_out(&merging, error);
    if (status == LG_OK)
        status = check_specs(&merging, error);
    if (status == LG_OK)
        status = open_out(&merging, error);
    if (status == LG_OK)
        status = merge(&merging, error);
    store_close(merging.to);
    if (merging.lock >= 0)
        close(merging.lock);
    experiment_free(&merging.experiment);
    origin_free(&merging.spec);
    return status;
}
