#include "harness/compare/compare_output.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/roofline.h"
#include "harness/support/files.h"
#include "harness/support/json.h"
#include "harness/support/version.h"

/* ---- compare.csv --------------------------------------------------------- */

static void add_number(struct csv *csv, double number)
{
    if (isnan(number))
        csv_empty(csv);
    else
        csv_real(csv, number);
}

static void add_ratio(struct csv *csv, const struct ratio *ratio)
{
    const bool is_there = ratio->has_interval && !isnan(ratio->value);
    add_number(csv, ratio->value);
    add_number(csv, is_there ? ratio->low : (double)NAN);
    add_number(csv, is_there ? ratio->high : (double)NAN);
}

/* The columns of one side; the cell is NULL where only the other has it. */
static void add_side(struct csv *csv, const struct timed_folder *folder,
                     const struct timed_cell *cell, enum timed_phase phase)
{
    enum { NUMBERS = 8 };
    if (cell == NULL || !cell->costs[phase].is_there) {
        for (size_t i = 0; i < 1 + NUMBERS; i++)
            csv_empty(csv);
        return;
    }
    const struct timed_cost *cost = &cell->costs[phase];
    csv_text(csv, cell->isa);
    csv_integer(csv, cost->rounds);
    const double numbers[NUMBERS - 1] = {
        cost->ns,
        cost->low_ns,
        cost->high_ns,
        cost->cycles / cell->batch,
        cost->ticks / cell->batch,
        cost->ns_per_parameter,
        roofline_share(folder, cell, phase),
    };
    for (size_t i = 0; i < NUMBERS - 1; i++)
        add_number(csv, numbers[i]);
}

static void add_row(struct csv *csv, const struct pairing *pairing, const struct paired *paired)
{
    const struct timed_cell *cell = paired_cell(paired);
    const char *const words[] = {cell->cell,       cell->loss,      cell->optimizer,
                                 cell->label,      cell->precision, timed_phases[paired->phase],
                                 pairing->a->path, pairing->b->path};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        csv_text(csv, words[i]);
    add_number(csv, cell->batch);
    add_number(csv, cell->parameters);
    csv_text(csv, verdict_words[paired->verdict]);
    csv_text(csv, paired->reason);
    add_ratio(csv, &paired->ratio);
    add_number(csv, paired->floor);
    add_ratio(csv, &paired->normalised);
    add_side(csv, pairing->a, paired->a, paired->phase);
    add_side(csv, pairing->b, paired->b, paired->phase);
    csv_end_row(csv);
}

static void add_header(struct csv *csv)
{
    static const char *const sides[] = {"baseline", "other"};
    text_print(&csv->text,
               "cell,loss,optimizer,label,precision,phase,baseline,other,batch,parameters,verdict,"
               "reason,ratio,low,high,floor,normalised,normalised_low,normalised_high");
    for (size_t i = 0; i < 2; i++)
        text_print(&csv->text,
                   ",%1$s_isa,%1$s_rounds,%1$s_ns,%1$s_low_ns,%1$s_high_ns,"
                   "%1$s_cycles_per_sample,%1$s_ticks_per_sample,%1$s_ns_per_parameter,"
                   "%1$s_roofline",
                   sides[i]);
    text_print(&csv->text, "\n");
}

static enum lg_status write_csv(const struct compared *compared, const char *directory,
                                struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv csv = {0};
    add_header(&csv);
    for (size_t i = 0; i + 1 < compared->count; i++)
        for (size_t p = 0; p < compared->pairings[i].count; p++)
            add_row(&csv, &compared->pairings[i], &compared->pairings[i].all[p]);
    enum lg_status status = text_check(&csv.text, error);
    if (status == LG_OK)
        status = files_path(path, error, "%s/compare.csv", directory);
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

/* What was not as it should be, or null where nothing was recorded. */
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
        status = write_json(compared, directory, error);
    return status;
}
