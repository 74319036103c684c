#include "harness/store/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/store_run.h"
#include "harness/support/files.h"
#include "harness/support/json.h"
#include "harness/support/version.h"

/* A JSON string; null for bytes that are not UTF-8, as a path may be. */
static json_t *string(const char *text)
{
    json_t *value = json_string(text);
    return value != NULL ? value : json_null();
}

json_t *manifest_instant(time_t when)
{
    struct tm fields;
    char text[32] = "";
    if (gmtime_r(&when, &fields) != NULL)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &fields);
    return json_string(text);
}

json_t *manifest_spec_json(const struct manifest *manifest)
{
    const struct experiment *experiment = manifest->experiment;
    json_t *overrides = json_array();
    for (size_t i = 0; i < manifest->override_count; i++)
        json_array_append_new(overrides, string(manifest->overrides[i]));
    return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o}", "name", string(experiment->name),
                     "path", string(experiment->path), "title", string(experiment->title),
                     "description", string(experiment->description), "sha256", experiment->sha256,
                     "text", string(experiment->text), "overrides", overrides);
}

json_t *manifest_data_json(const struct manifest *manifest)
{
    const struct lg_dataset_info *used = manifest->data;
    json_t *files = json_array();
    for (size_t i = 0; i < LG_DATASET_FILES; i++)
        json_array_append_new(files, json_pack("{s:s, s:I, s:s}", "name", used->files[i].name,
                                               "size_bytes", (json_int_t)used->files[i].size_bytes,
                                               "sha256", used->files[i].sha256));
    return json_pack("{s:s, s:s, s:s, s:o, s:b, s:o}", "asked", manifest->experiment->dataset->name,
                     "used", used->name, "title", used->title, "directory",
                     string(manifest->data_directory), "substituted", manifest->substituted,
                     "files", files);
}

/* One that is not finished. */
static json_t *describe_lacking(const struct experiment *experiment, const struct lacking *lacking)
{
    struct cell cell;
    if (experiment_cell(experiment, lacking->number, &cell, NULL) != LG_OK)
        return NULL;
    const bool has_failed = lacking->why[0] != '\0';
    json_t *entry =
        json_pack("{s:s, s:o, s:s, s:s, s:I}", "slug", cell.slug, "label", string(cell.label),
                  "key", cell.key, "status", has_failed ? "failed" : "missing", "epochs",
                  (json_int_t)lacking->epochs);
    if (has_failed)
        json_object_set_new(entry, "why", string(lacking->why));
    return entry;
}

/* How many there are, and the first that are not finished. */
static json_t *describe_cells(const struct manifest *manifest)
{
    const struct extent *extent = manifest->extent;
    const size_t done = extent->finished - extent->diverged - extent->stopped;
    json_t *lacking = json_array();
    for (size_t i = 0; i < extent->lacking_count; i++)
        if (json_array_append_new(
                lacking, describe_lacking(manifest->experiment, &extent->lacking[i])) != 0) {
            json_decref(lacking);
            return NULL; /* memory is short */
        }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:o}", "count", (json_int_t)extent->count,
                     "done", (json_int_t)done, "diverged", (json_int_t)extent->diverged, "stopped",
                     (json_int_t)extent->stopped, "failed", (json_int_t)extent->failed, "missing",
                     (json_int_t)(extent->count - extent->finished - extent->failed),
                     "not_finished", lacking);
}

/* The manifest's own reference to a part. */
static json_t *part(json_t *value)
{
    return value != NULL ? json_incref(value) : json_null();
}

/* The words of the spec's key. */
static json_t *describe_keep(const struct keep *keep)
{
    json_t *words = json_array();
    if (keep->images)
        json_array_append_new(words, json_string("images"));
    if (keep->parameters)
        json_array_append_new(words, json_string("parameters"));
    if (keep->checkpoints)
        json_array_append_new(words, json_string("checkpoints"));
    return words;
}

static json_t *describe(const struct manifest *manifest)
{
    return json_pack(
        "{s:{s:s}, s:o, s:o, s:o, s:{s:s, s:s, s:s}, s:{s:s, s:s}, s:I, s:o, s:o, s:o, s:o, s:o, "
        "s:o, s:s}",
        "lossgrid", "version", version_text(), "command", part(manifest->command), "spec",
        manifest_spec_json(manifest), "data", manifest_data_json(manifest), "build", "compiler",
        version_compiler(), "flags", version_flags(), "variant", version_variant(), "engine", "isa",
        manifest->isa, "precision", lg_precision_name(manifest->experiment->precision), "jobs",
        (json_int_t)manifest->jobs, "machine", machine_json(manifest->machine), "machines",
        part(manifest->machines), "started", manifest_instant(manifest->started), "finished",
        manifest_instant(manifest->finished), "keep", describe_keep(&manifest->experiment->keep),
        "cells", describe_cells(manifest), "trace_sha256", manifest->trace_sha256);
}

static enum lg_status add_machine(void *to, const char *id, const char *facts,
                                  struct lg_error *error)
{
    json_t *value = json_loads(facts, 0, NULL);
    if (value == NULL)
        return lg_fail(error, LG_INPUT, "machine %s: its facts are no JSON", id);
    json_object_set_new(to, id, value);
    return LG_OK;
}

enum lg_status manifest_machines(struct store *store, json_t **machines, struct lg_error *error)
{
    *machines = json_object();
    return store_visit_machines(store, add_machine, *machines, error);
}

enum lg_status manifest_write(const char *path, const struct manifest *manifest,
                              struct lg_error *error)
{
    return json_write(path, describe(manifest), 2, error);
}

/* Copy a digest of 64 hex digits. */
static bool copy_digest(const json_t *value, char digest[LG_DIGEST_HEX])
{
    const char *found = json_string_value(value);
    if (found == NULL || strlen(found) != LG_DIGEST_HEX - 1)
        return false;
    memcpy(digest, found, LG_DIGEST_HEX);
    return true;
}

/* A list of all cells, as versions before 2 wrote it. */
static bool count_list(const json_t *cells, struct manifest_found *found)
{
    for (size_t i = 0; i < json_array_size(cells); i++) {
        const json_t *cell = json_array_get(cells, i);
        const char *status = json_string_value(json_object_get(cell, "status"));
        const char *slug = json_string_value(json_object_get(cell, "slug"));
        if (status == NULL || slug == NULL)
            return false;
        const bool diverged = strcmp(status, "diverged") == 0;
        found->cells++;
        found->diverged += diverged;
        if (diverged || strcmp(status, "done") == 0 || strcmp(status, "stopped") == 0)
            found->finished++;
        else if (found->first_missing[0] == '\0')
            snprintf(found->first_missing, sizeof found->first_missing, "%s", slug);
    }
    return found->cells > 0;
}

/* Manifests of earlier versions do not say: then all images are. */
static bool keeps_images(const json_t *keep)
{
    bool has = keep == NULL;
    for (size_t i = 0; i < json_array_size(keep); i++) {
        const char *word = json_string_value(json_array_get(keep, i));
        has |= word != NULL && strcmp(word, "images") == 0;
    }
    return has;
}

/* Read a count; false where it is none. */
static bool read_count(const json_t *cells, const char *name, size_t *count)
{
    const json_t *value = json_object_get(cells, name);
    *count = (size_t)json_integer_value(value);
    return json_is_integer(value) && json_integer_value(value) >= 0;
}

static bool count_cells(const json_t *cells, struct manifest_found *found)
{
    size_t done, stopped, failed, missing;
    if (json_is_array(cells))
        return count_list(cells, found);
    const json_t *first = json_array_get(json_object_get(cells, "not_finished"), 0);
    const char *slug = json_string_value(json_object_get(first, "slug"));
    if (!read_count(cells, "count", &found->cells) || !read_count(cells, "done", &done) ||
        !read_count(cells, "diverged", &found->diverged) ||
        !read_count(cells, "stopped", &stopped) || !read_count(cells, "failed", &failed) ||
        !read_count(cells, "missing", &missing))
        return false;
    found->finished = done + found->diverged + stopped;
    if (found->finished < found->cells && slug == NULL)
        return false;
    snprintf(found->first_missing, sizeof found->first_missing, "%s", slug != NULL ? slug : "");
    return found->cells > 0 && found->diverged <= found->finished &&
           found->finished <= found->cells && failed <= found->cells && missing <= found->cells &&
           found->finished + failed + missing == found->cells;
}

static enum lg_status understand(const char *path, const json_t *root, struct manifest_found *found,
                                 struct lg_error *error)
{
    const json_t *spec = json_object_get(root, "spec");
    const char *text = json_string_value(json_object_get(spec, "text"));
    if (!copy_digest(json_object_get(root, "trace_sha256"), found->trace_sha256))
        return lg_fail_at(error, LG_INPUT, path, 0, 0, "no trace_sha256 of 64 hex digits");
    if (!copy_digest(json_object_get(spec, "sha256"), found->spec_sha256) || text == NULL)
        return lg_fail_at(error, LG_INPUT, path, 0, 0, "no spec with its text and SHA-256");
    if (!count_cells(json_object_get(root, "cells"), found))
        return lg_fail_at(error, LG_INPUT, path, 0, 0,
                          "no cells with their counts, or with a slug and a status each");
    found->keeps_images = keeps_images(json_object_get(root, "keep"));
    const char *used = json_string_value(json_object_get(json_object_get(root, "data"), "used"));
    snprintf(found->dataset, sizeof found->dataset, "%s", used != NULL ? used : "");
    lg_digest_bytes(text, strlen(text), found->text_sha256);
    return LG_OK;
}

/* *root is the caller's. */
static enum lg_status read_root(const char *path, json_t **root, struct lg_error *error)
{
    struct text content = {0};
    json_error_t wrong;
    enum lg_status status = files_read(path, &content, error);
    if (status == LG_OK) {
        *root = json_loadb(content.bytes != NULL ? content.bytes : "", content.size, 0, &wrong);
        if (*root == NULL)
            status = lg_fail_at(error, LG_INPUT, path, wrong.line, wrong.column, "%s", wrong.text);
    }
    text_free(&content);
    return status;
}

enum lg_status manifest_read(const char *path, struct manifest_found *found, struct lg_error *error)
{
    json_t *root = NULL;
    *found = (struct manifest_found){.cells = 0};
    enum lg_status status = read_root(path, &root, error);
    if (status == LG_OK)
        status = understand(path, root, found, error);
    json_decref(root);
    return status;
}

/* The overrides but some; the list is the caller's to free, its texts are root's. */
static const char **list_overrides(const json_t *overrides, const char *but, size_t *count)
{
    const char **list = calloc(json_array_size(overrides) + 1, sizeof *list);
    *count = 0;
    for (size_t i = 0; list != NULL && i < json_array_size(overrides); i++) {
        const char *override = json_string_value(json_array_get(overrides, i));
        if (override != NULL && (but == NULL || strncmp(override, but, strlen(but)) != 0))
            list[(*count)++] = override;
    }
    return list;
}

enum lg_status manifest_experiment(const char *directory, const char *but,
                                   struct experiment *experiment, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    json_t *root = NULL;
    size_t backends, count;
    enum lg_status status = files_path(path, error, "%s/manifest.json", directory);
    if (status == LG_OK)
        status = read_root(path, &root, error);
    if (status != LG_OK)
        return status;
    const json_t *spec = json_object_get(root, "spec");
    const char *name = json_string_value(json_object_get(spec, "path"));
    const char *text = json_string_value(json_object_get(spec, "text"));
    const char **overrides = list_overrides(json_object_get(spec, "overrides"), but, &count);
    if (overrides == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
    else if (name == NULL || text == NULL)
        status = lg_fail_at(error, LG_INPUT, path, 0, 0, "no spec with its path and text");
    else
        status = experiment_parse(lg_backends(&backends)[0], name, text, strlen(text), overrides,
                                  count, experiment, error);
    free(overrides);
    json_decref(root);
    return status;
}
