#include "harness/compare/compare_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/compare_columns.h"
#include "harness/compare/roofline.h"
#include "harness/support/files.h"
#include "harness/support/json.h"
#include "harness/support/version.h"

/* ---- compare.csv --------------------------------------------------------- */

static enum lg_status write_csv(const struct compared *compared, const char *directory,
                                struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    csv_file_header(&compare_csv, NULL, &csv);
    for (size_t i = 0; i + 1 < compared->count; i++)
        for (size_t p = 0; p < compared->pairings[i].count; p++)
            csv_file_row(
                &compare_csv, NULL, &csv,
                &(struct compare_row){&compared->pairings[i], &compared->pairings[i].all[p]});
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/%s", directory, compare_csv.name);
    if (status == LG_OK)
        status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}

/* ---- compare.json -------------------------------------------------------- */

static json_t *number_or_null(double number)
{
    return isnan(number) ? json_null() : json_real(number);
}

/* A JSON string; null for bytes that are not UTF-8, as a path may be. */
static json_t *string(const char *text)
{
    json_t *value = json_string(text);
    return value != NULL ? value : json_null();
}

/* The conditions that were not ok, or null where none were recorded. */
static json_t *conditions_json(const struct csv_table *table)
{
    static const char *const columns[] = {"when", "condition", "verdict", "sentence"};
    if (table->rows == 0)
        return json_null();
    json_t *rows = json_array();
    for (size_t row = 1; row < table->rows; row++) {
        json_t *object = json_object();
        for (size_t c = 0; c < sizeof columns / sizeof *columns; c++)
            json_object_set_new(
                object, columns[c],
                string(csv_field(table, row, (size_t)csv_column(table, columns[c]))));
        json_array_append_new(rows, object);
    }
    return rows;
}

static json_t *folder_json(const struct timed_folder *folder)
{
    const struct timed_cell *cell = &folder->cells[0];
    const json_t *absent = json_object_get(folder->machine, "calibration_absent");
    json_t *env = json_object_get(folder->machine, "env");
    return json_pack("{s:o, s:i, s:s, s:s, s:o, s:o, s:o, s:o, s:o, s:O}", "path",
                     string(folder->path), "cells", (int)folder->count, "isa", cell->isa,
                     "precision", cell->precision, "noise_floor",
                     number_or_null(timed_folder_floor(folder, TIMED_STEP)), "overhead",
                     number_or_null(folder->overhead), "fma_peak_gflops",
                     number_or_null(roofline_fma(folder, cell->isa, cell->precision).median),
                     "calibration_absent",
                     json_is_string(absent) ? string(json_string_value(absent)) : json_null(),
                     "conditions", conditions_json(&folder->conditions), "env", env);
}

static json_t *compared_json(const struct compared *compared)
{
    json_t *folders = json_array(), *refused = json_array();
    for (size_t i = 0; i < compared->count; i++)
        json_array_append_new(folders, folder_json(&compared->folders[i]));
    for (size_t i = 0; i + 1 < compared->count; i++) {
        const struct pairing *pairing = &compared->pairings[i];
        if (pairing->refused > 0)
            json_array_append_new(
                refused, json_pack("{s:o, s:i, s:s, s:o}", "other", string(pairing->b->path),
                                   "cells", (int)pairing->refused, "first", pairing->first,
                                   "first_divergence", string(pairing->first_divergence.bytes)));
    }
    return json_pack("{s:s, s:s, s:o, s:o}", "lossgrid", version_text(), "interval",
                     "95 % of the ratio of medians, percentile bootstrap over rounds, 1999 draws",
                     "folders", folders, "refused", refused);
}

static enum lg_status write_json(const struct compared *compared, const char *directory,
                                 struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    enum lg_status status = files_path(path, error, "%s/compare.json", directory);
    return status == LG_OK ? json_write(path, compared_json(compared), 2, error) : status;
}

enum lg_status compare_write(const struct compared *compared, const char *directory,
                             struct lg_error *error)
{
    enum lg_status status = files_make_directories(directory, error);
    if (status == LG_OK)
        status = write_csv(compared, directory, error);
    if (status == LG_OK)
        status = csv_folder_schema(&csv_folder_compare, NULL, directory, error);
    if (status == LG_OK)
        status = write_json(compared, directory, error);
    return status;
}
