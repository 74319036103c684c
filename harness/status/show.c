#include "harness/status/show.h"

#include <stdio.h>

#include "harness/support/json.h"
#include "harness/support/progress.h"
#include "harness/support/table.h"

/* Of one folder, running cells and reasons that are named. */
enum { NAMED_MOST = 8, NUMBER_MAX = 24, NUMBERS = 7 };

/* ---- Text ------------------------------------------------------------------ */

static void show_time(const struct folder *folder, char text[32])
{
    if (folder->left == 0)
        snprintf(text, 32, "-");
    else if (folder->seconds_left < 0)
        snprintf(text, 32, "unknown");
    else
        progress_format_duration(folder->seconds_left, text);
}

static void add_row(struct table *table, const char *name, const char *state,
                    const struct folder *folder)
{
    const struct store_counts *counts = &folder->counts;
    const size_t numbers[NUMBERS] = {folder->expected, counts->done,    counts->diverged,
                                     counts->failed,   counts->running, counts->stopped,
                                     folder->left};
    char texts[NUMBERS][NUMBER_MAX], left[32];
    const char *fields[NUMBERS + 3] = {name, state};
    for (size_t i = 0; i < NUMBERS; i++) {
        snprintf(texts[i], NUMBER_MAX, "%zu", numbers[i]);
        fields[i + 2] = texts[i];
    }
    show_time(folder, left);
    fields[NUMBERS + 2] = left;
    table_row(table, fields);
}

/* Folders are of machines that work side by side: the time left is the longest. */
static struct folder sum(const struct folder *folders, size_t count)
{
    struct folder all = {.path = "all"};
    for (size_t i = 0; i < count; i++) {
        const struct store_counts *counts = &folders[i].counts;
        all.expected += folders[i].expected;
        all.left += folders[i].left;
        all.counts.done += counts->done;
        all.counts.diverged += counts->diverged;
        all.counts.failed += counts->failed;
        all.counts.running += counts->running;
        all.counts.stopped += counts->stopped;
        if (all.seconds_left >= 0 && folders[i].left > 0)
            all.seconds_left = folders[i].seconds_left < 0 ? -1
                               : folders[i].seconds_left > all.seconds_left
                                   ? folders[i].seconds_left
                                   : all.seconds_left;
    }
    return all;
}

static enum lg_status add_table(const struct folder *folders, size_t count, struct text *text,
                                struct lg_error *error)
{
    static const char *const header[] = {"folder", "state",   "cells",   "done", "diverged",
                                         "failed", "running", "stopped", "left", "time left"};
    struct table table = {.columns = sizeof header / sizeof *header};
    table_row(&table, header);
    for (size_t i = 0; i < count; i++)
        add_row(&table, folders[i].path, folder_state_name(folders[i].state), &folders[i]);
    if (count > 1) {
        const struct folder all = sum(folders, count);
        add_row(&table, "all", "", &all);
    }
    enum lg_status status = table_format(&table, TABLE_TEXT, text, error);
    table_free(&table);
    return status;
}

static const char *word(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

static size_t number(const json_t *object, const char *key)
{
    return (size_t)json_integer_value(json_object_get(object, key));
}

static void add_rest(size_t count, const char *what, struct text *text)
{
    if (count > NAMED_MOST)
        text_print(text, "  ... and %zu more %s\n", count - NAMED_MOST, what);
}

static void add_details(const struct folder *folder, struct text *text)
{
    const size_t running = json_array_size(folder->running);
    const size_t failures = json_array_size(folder->failures);
    if (folder->shards > 1 && folder->expected < folder->cells)
        text_print(text, "%s: %zu of the grid's %zu cells are this folder's share\n", folder->path,
                   folder->expected, folder->cells);
    if (folder->state == FOLDER_RUNNING)
        text_print(text, "%s: running%s%s, %zu at a time\n", folder->path,
                   folder->host[0] != '\0' ? " on " : "", folder->host, folder->jobs);
    for (size_t i = 0; i < running && i < NAMED_MOST; i++) {
        const json_t *cell = json_array_get(folder->running, i);
        text_print(text, "  '%s': %zu of %zu epochs\n", word(cell, "cell"), number(cell, "epochs"),
                   folder->epochs);
    }
    add_rest(running, "cells", text);
    for (size_t i = 0; i < failures && i < NAMED_MOST; i++) {
        const json_t *failure = json_array_get(folder->failures, i);
        const size_t cells = number(failure, "cells");
        text_print(text, "%s: %zu cell%s failed, the first '%s': %s\n", folder->path, cells,
                   cells > 1 ? "s" : "", word(failure, "first"), word(failure, "why"));
    }
    add_rest(failures, "reasons", text);
}

enum lg_status show_text(const struct folder *folders, size_t count, struct text *text,
                         struct lg_error *error)
{
    enum lg_status status = add_table(folders, count, text, error);
    for (size_t i = 0; status == LG_OK && i < count; i++)
        add_details(&folders[i], text);
    return status == LG_OK ? text_check(text, error) : status;
}

/* ---- JSON ------------------------------------------------------------------ */

static json_t *text_or_null(const char *text)
{
    json_t *value = text[0] != '\0' ? json_string(text) : NULL;
    return value != NULL ? value : json_null();
}

static json_t *folder_json(const struct folder *folder)
{
    const struct store_counts *counts = &folder->counts;
    return json_pack(
        "{s:o, s:s, s:I, s:I, s:I, s:I, s:O, s:I, s:I, s:O, s:I, s:o, s:o, s:I, s:[I, I]}",
        "folder", text_or_null(folder->path), "state", folder_state_name(folder->state),
        "grid_cells", (json_int_t)folder->cells, "cells", (json_int_t)folder->expected, "done",
        (json_int_t)counts->done, "diverged", (json_int_t)counts->diverged, "running",
        folder->running, "stopped", (json_int_t)counts->stopped, "failed",
        (json_int_t)counts->failed, "failures", folder->failures, "left", (json_int_t)folder->left,
        "seconds_left", folder->seconds_left < 0 ? json_null() : json_real(folder->seconds_left),
        "host", text_or_null(folder->host), "jobs", (json_int_t)folder->jobs, "shard",
        (json_int_t)folder->shard, (json_int_t)folder->shards);
}

enum lg_status show_json(const struct folder *folders, size_t count, struct text *text,
                         struct lg_error *error)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        json_array_append_new(list, folder_json(&folders[i]));
    return json_add(text, list, 2, error);
}
