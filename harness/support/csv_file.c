#include "harness/support/csv_file.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/support/files.h"
#include "harness/support/json.h"

const char *const csv_type_words[] = {"text", "integer", "real"};

static void fault(const struct csv_columns *to, const char *what, const char *name)
{
    char *wrong = to->csv->wrong;
    if (wrong[0] == '\0')
        snprintf(wrong, CSV_WRONG_MAX, "a row of %s: %s '%s'", to->file->name, what, name);
}

/* Note a column, or, of a row, whether it is the one whose turn it is: then a value follows. */
static bool next(struct csv_columns *to, const struct csv_column *column, const char *name)
{
    if (to->csv == NULL) {
        assert(to->count < CSV_COLUMNS_MAX);
        to->all[to->count] = *column;
        snprintf(to->all[to->count++].name, CSV_COLUMN_NAME_MAX, "%s", name);
        return false;
    }
    const size_t at = to->at++;
    if (at >= to->count)
        fault(to, "the header has no column", name);
    else if (strcmp(to->all[at].name, name) != 0)
        fault(to, "in another order than the header, or twice: column", name);
    return true;
}

static bool is_word(const char *const *words, const char *value)
{
    for (; *words != NULL; words++)
        if (strcmp(*words, value) == 0)
            return true;
    return false;
}

void csv_column_text(struct csv_columns *to, const char *name, const char *meaning,
                     const char *const *words, const char *value)
{
    const struct csv_column column = {
        .type = CSV_TEXT, .unit = "", .meaning = meaning, .words = words};
    if (!next(to, &column, name))
        return;
    if (words != NULL && !is_word(words, value))
        fault(to, "a word that the column does not declare: column", name);
    csv_text(to->csv, value);
}

void csv_column_integer(struct csv_columns *to, const char *name, const char *unit,
                        const char *meaning, uint64_t value)
{
    const struct csv_column column = {
        .type = CSV_INTEGER, .unit = unit, .meaning = meaning, .is_unsigned = true};
    if (next(to, &column, name))
        csv_integer(to->csv, value);
}

void csv_column_integer_if(struct csv_columns *to, const char *name, const char *unit,
                           const char *meaning, bool known, uint64_t value)
{
    const struct csv_column column = {.type = CSV_INTEGER,
                                      .unit = unit,
                                      .meaning = meaning,
                                      .is_unsigned = true,
                                      .is_optional = true};
    if (!next(to, &column, name))
        return;
    if (known)
        csv_integer(to->csv, value);
    else
        csv_empty(to->csv);
}

void csv_column_signed(struct csv_columns *to, const char *name, const char *unit,
                       const char *meaning, int64_t value)
{
    const struct csv_column column = {.type = CSV_INTEGER, .unit = unit, .meaning = meaning};
    if (next(to, &column, name))
        csv_signed(to->csv, value);
}

void csv_column_real(struct csv_columns *to, const char *name, const char *unit,
                     const char *meaning, double value)
{
    const struct csv_column column = {.type = CSV_REAL, .unit = unit, .meaning = meaning};
    if (next(to, &column, name))
        csv_real(to->csv, value);
}

void csv_column_real_if(struct csv_columns *to, const char *name, const char *unit,
                        const char *meaning, bool known, double value)
{
    const struct csv_column column = {
        .type = CSV_REAL, .unit = unit, .meaning = meaning, .is_optional = true};
    if (!next(to, &column, name))
        return;
    if (known)
        csv_real(to->csv, value);
    else
        csv_empty(to->csv);
}

void csv_column_optional(struct csv_columns *to, const char *name, const char *unit,
                         const char *meaning, double value)
{
    csv_column_real_if(to, name, unit, meaning, !isnan(value), value);
}

void csv_file_columns(const struct csv_file *file, const void *context, struct csv_columns *to)
{
    to->file = file;
    to->context = context;
    to->csv = NULL;
    to->count = to->at = 0;
    file->columns(to, NULL);
}

void csv_file_header(const struct csv_file *file, const void *context, struct csv *csv)
{
    struct csv_columns columns;
    csv_file_columns(file, context, &columns);
    for (size_t i = 0; i < columns.count; i++)
        csv_text(csv, columns.all[i].name);
    csv_end_row(csv);
}

void csv_file_row(const struct csv_file *file, const void *context, struct csv *csv,
                  const void *row)
{
    struct csv_columns columns;
    csv_file_columns(file, context, &columns);
    columns.csv = csv;
    file->columns(&columns, row);
    if (columns.at < columns.count)
        fault(&columns, "no value for column", columns.all[columns.at].name);
    csv_end_row(csv);
}

static json_t *column_json(const struct csv_column *column)
{
    json_t *object = json_pack("{s:s, s:s, s:s, s:s, s:b}", "name", column->name, "type",
                               csv_type_words[column->type], "unit", column->unit, "meaning",
                               column->meaning, "optional", column->is_optional);
    if (column->is_unsigned)
        json_object_set_new(object, "range", json_pack("[i, n]", 0));
    if (column->words == NULL)
        return object;
    json_t *values = json_array();
    for (const char *const *word = column->words; *word != NULL; word++)
        json_array_append_new(values, json_string(*word));
    json_object_set_new(object, "values", values);
    return object;
}

json_t *csv_file_json(const struct csv_file *file, const void *context)
{
    struct csv_columns columns;
    csv_file_columns(file, context, &columns);
    json_t *list = json_array();
    for (size_t i = 0; i < columns.count; i++)
        json_array_append_new(list, column_json(&columns.all[i]));
    return list;
}

enum lg_status csv_folder_schema(const struct csv_folder *folder, const void *context,
                                 const char *directory, struct lg_error *error)
{
    char path[FILES_PATH_MAX];
    json_t *root = json_pack("{s:i}", "schema", CSV_SCHEMA_VERSION);
    for (const struct csv_file *const *file = folder->files; *file != NULL; file++)
        json_object_set_new(root, (*file)->name, csv_file_json(*file, context));
    enum lg_status status = files_path(path, error, "%s/" CSV_SCHEMA_FILE, directory);
    if (status == LG_OK)
        return json_write(path, root, 1, error);
    json_decref(root);
    return status;
}
