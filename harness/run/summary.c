#include "harness/run/summary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/command/output.h"
#include "harness/record/csv.h"
#include "harness/record/files.h"

enum { CELL, EPOCH, TRAIN, TEST, STATUS, COLUMNS };

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

static enum lg_status print_rows(const struct csv_table *trace, struct lg_error *error)
{
    const bool mse = csv_column(trace, "train_mse") >= 0;
    const char *const names[COLUMNS] = {"cell", "epoch", mse ? "train_mse" : "train_loss",
                                        mse ? "test_mse" : "test_loss", "status"};
    int at[COLUMNS];
    for (int i = 0; i < COLUMNS; i++) {
        at[i] = csv_column(trace, names[i]);
        if (at[i] < 0)
            return lg_fail(error, LG_INPUT, "trace.csv has no column %s", names[i]);
    }
    struct table table = {.columns = COLUMNS};
    table_row(&table, names);
    for (size_t row = 1; row < trace->rows; row++) {
        const char *fields[COLUMNS];
        char train[CSV_REAL_MAX], test[CSV_REAL_MAX];
        if (!is_last_of_cell(trace, row, (size_t)at[CELL]))
            continue;
        for (int i = 0; i < COLUMNS; i++)
            fields[i] = csv_field(trace, row, (size_t)at[i]);
        fields[TRAIN] = rounded(fields[TRAIN], train);
        fields[TEST] = rounded(fields[TEST], test);
        table_row(&table, fields);
    }
    enum lg_status status = output_table(&table, TABLE_TEXT, error);
    table_free(&table);
    return status;
}

enum lg_status summary_print(const char *directory, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    struct csv_table trace = {0};
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK)
        status = csv_read(path, &trace, error);
    if (status == LG_OK && trace.rows > 1)
        status = print_rows(&trace, error);
    csv_free(&trace);
    if (status == LG_OK) {
        output_line(stdout, "%s", path);
        status = output_flush(error);
    }
    return status;
}
