#include "harness/run/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/metric.h"
#include "harness/store/epoch_columns.h"
#include "harness/support/files.h"
#include "harness/support/output.h"

enum { CELL, EPOCH, TRAIN, VALIDATION, TEST, STATUS, COLUMNS };

/* Six digits are enough for the eye. */
static const char *rounded(const char *field, char text[CSV_REAL_MAX])
{
    if (field[0] == '\0')
        return "-";
    snprintf(text, CSV_REAL_MAX, "%.6g", strtod(field, NULL));
    return text;
}

static bool is_last_of_cell(const struct csv_table *trace, size_t row, size_t cell)
{
    return row + 1 == trace->rows ||
           strcmp(csv_field(trace, row, cell), csv_field(trace, row + 1, cell)) != 0;
}

/* Add a row of the table; without a validation split it has no column of one. */
static void add_row(struct table *table, const char *const fields[COLUMNS], bool has_validation)
{
    const char *shown[COLUMNS];
    size_t count = 0;
    for (int i = 0; i < COLUMNS; i++)
        if (i != VALIDATION || has_validation)
            shown[count++] = fields[i];
    table->columns = count;
    table_row(table, shown);
}

static enum lg_status print_rows(const struct csv_table *trace, const char *metric,
                                 struct lg_error *error)
{
    char parts[3][COLUMN_NAME_MAX];
    const char *const names[COLUMNS] = {"cell", "epoch", parts[0], parts[1], parts[2], "status"};
    snprintf(parts[0], sizeof parts[0], "train_%s", metric);
    snprintf(parts[1], sizeof parts[1], "validation_%s", metric);
    snprintf(parts[2], sizeof parts[2], "test_%s", metric);
    int at[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        at[i] = csv_column(trace, names[i]);
        if (at[i] < 0 && i != VALIDATION)
            return lg_fail(error, LG_INPUT, "trace.csv has no column %s", names[i]);
    }
    struct table table = {0};
    add_row(&table, names, at[VALIDATION] >= 0);
    for (size_t row = 1; row < trace->rows; row++) {
        const char *fields[COLUMNS];
        char texts[COLUMNS][CSV_REAL_MAX];
        if (!is_last_of_cell(trace, row, (size_t)at[CELL]))
            continue;
        for (int i = 0; i < COLUMNS; i++) {
            fields[i] = at[i] >= 0 ? csv_field(trace, row, (size_t)at[i]) : "";
            if (i == TRAIN || i == VALIDATION || i == TEST)
                fields[i] = rounded(fields[i], texts[i]);
        }
        add_row(&table, fields, at[VALIDATION] >= 0);
    }
    enum lg_status status = output_table(&table, TABLE_TEXT, error);
    table_free(&table);
    return status;
}

/* The meaning of the table's numbers, and whether arms can be compared by them. */
static void print_meaning(const struct experiment *experiment, const struct metric *metric,
                          bool is_loss)
{
    char why[METRIC_TEXT_MAX] = "";
    if (is_loss)
        (void)metrics_own_loss(experiment, why);
    if (why[0] != '\0')
        output_line(stdout, "loss: not to be compared between arms: %s", why);
    else
        output_line(stdout, "%s: %s; %s is better", is_loss ? "loss" : metric->name,
                    metric->meaning, better_words[metric->better]);
}

enum lg_status summary_print(const struct experiment *experiment, const char *directory,
                             struct lg_error *error)
{
    const size_t primary = metrics_primary(experiment);
    const bool is_loss = primary == SIZE_MAX;
    char own[METRIC_TEXT_MAX];
    const struct metric metric =
        is_loss ? metrics_own_loss(experiment, own) : metrics_of(experiment, primary);
    char path[FILES_PATH_MAX];
    struct csv_table trace = {0};
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK)
        status = csv_read(path, &trace, error);
    if (status == LG_OK && trace.rows > 1)
        status = print_rows(&trace, is_loss ? "loss" : metric.name, error);
    csv_free(&trace);
    if (status == LG_OK) {
        print_meaning(experiment, &metric, is_loss);
        output_line(stdout, "%s", path);
        status = output_flush(error);
    }
    return status;
}
