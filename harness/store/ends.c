#include "harness/store/ends.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/files.h"

static const char *cell_of(const struct ends *ends, size_t i)
{
    return csv_field(&ends->trace, ends->rows[i], (size_t)ends->cell);
}

/* A row while rows are ordered. */
struct entry {
    const char *cell;
    size_t row;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    const int order = strcmp(first->cell, second->cell);
    return order != 0 ? order : (first->row > second->row) - (first->row < second->row);
}

/* A cell's rows follow one another: the last of them is its end. */
static enum lg_status index_rows(struct ends *ends, struct lg_error *error)
{
    const size_t rows = ends->trace.rows;
    struct entry *entries = calloc(rows, sizeof *entries);
    ends->rows = calloc(rows, sizeof *ends->rows);
    if (entries == NULL || ends->rows == NULL) {
        free(entries);
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu rows of %s", rows,
                       ends->path);
    }
    for (size_t row = 1; row < rows; row++)
        entries[row - 1] = (struct entry){csv_field(&ends->trace, row, (size_t)ends->cell), row};
    qsort(entries, rows - 1, sizeof *entries, compare_entries);
    for (size_t i = 0; i + 1 < rows; i++)
        if (i + 2 == rows || strcmp(entries[i].cell, entries[i + 1].cell) != 0)
            ends->rows[ends->count++] = entries[i].row;
    free(entries);
    return LG_OK;
}

enum lg_status ends_read(const char *directory, size_t epochs, struct ends *ends,
                         struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    *ends = (struct ends){.epochs = epochs};
    enum lg_status status = files_path(path, error, "%s/trace.csv", directory);
    if (status == LG_OK && (ends->path = strdup(path)) == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "out of memory");
    if (status == LG_OK)
        status = csv_read(path, &ends->trace, error);
    if (status == LG_OK) {
        ends->cell = csv_column(&ends->trace, "cell");
        ends->status = csv_column(&ends->trace, "status");
        ends->epoch = csv_column(&ends->trace, "epoch");
        if (ends->cell < 0 || ends->status < 0 || ends->epoch < 0)
            status = lg_fail_at(error, LG_INPUT, path, 1, 0,
                                "expected the columns cell, epoch and status");
    }
    if (status == LG_OK)
        status = index_rows(ends, error);
    if (status != LG_OK)
        ends_free(ends);
    return status;
}

static bool find(const struct ends *ends, const char *cell, size_t *row)
{
    size_t low = 0, high = ends->count;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        const int order = strcmp(cell_of(ends, middle), cell);
        if (order == 0) {
            *row = ends->rows[middle];
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

enum lg_status ends_value(const struct ends *ends, const char *cell, const char *column,
                          bool *is_there, bool *diverged, double *value, struct lg_error *error)
{
    const int at = csv_column(&ends->trace, column);
    size_t row = 0;
    *is_there = *diverged = false;
    *value = (double)NAN;
    if (at < 0)
        return lg_fail_at(error, LG_INPUT, ends->path, 1, 0, "found no column %s", column);
    if (!find(ends, cell, &row))
        return LG_OK;
    const char *status = csv_field(&ends->trace, row, (size_t)ends->status);
    const char *epoch = csv_field(&ends->trace, row, (size_t)ends->epoch);
    *diverged = strcmp(status, "diverged") == 0;
    if (strcmp(status, "ok") == 0 && strtoull(epoch, NULL, 10) < ends->epochs)
        return LG_OK;
    const char *text = csv_field(&ends->trace, row, (size_t)at);
    if (*diverged || text[0] == '\0')
        return LG_OK;
    char *end;
    *value = strtod(text, &end);
    if (*end != '\0')
        return lg_fail_at(error, LG_INPUT, ends->path, (int)row + 1, 0,
                          "%s is '%.64s', expected a number", column, text);
    *is_there = !isnan(*value);
    return LG_OK;
}

void ends_free(struct ends *ends)
{
    csv_free(&ends->trace);
    free(ends->rows);
    free(ends->path);
    *ends = (struct ends){0};
}
