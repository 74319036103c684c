#include "harness/store/csv_folders.h"

#include <criterion/criterion.h>
#include <string.h>

/* The rows of test() for each file; its columns are listed. */
static void each(void (*test)(const struct csv_file *file, const struct csv_columns *columns))
{
    size_t count;
    const struct csv_folder *const *folders = csv_folders(&count);
    cr_assert_geq(count, 6u);
    for (size_t i = 0; i < count; i++)
        for (const struct csv_file *const *file = folders[i]->files; *file != NULL; file++) {
            struct csv_columns columns;
            csv_file_columns(*file, NULL, &columns);
            cr_expect_gt(columns.count, 0u, "%s", (*file)->name);
            test(*file, &columns);
        }
}

static void expect_header(const struct csv_file *file, const struct csv_columns *columns)
{
    struct csv csv = {0};
    struct csv_table header;
    csv_file_header(file, NULL, &csv);
    cr_assert_eq(csv_parse(file->name, csv.text.bytes, csv.text.size, &header, NULL), LG_OK);
    cr_assert_eq(header.columns, columns->count, "%s", file->name);
    for (size_t i = 0; i < header.columns; i++)
        cr_expect_str_eq(csv_field(&header, 0, i), columns->all[i].name, "%s", file->name);
    csv_free(&header);
    text_free(&csv.text);
}

Test(csv_folders, a_header_is_the_columns)
{
    each(expect_header);
}

static void expect_json(const struct csv_file *file, const struct csv_columns *columns)
{
    json_t *list = csv_file_json(file, NULL);
    cr_assert_eq(json_array_size(list), columns->count, "%s", file->name);
    for (size_t i = 0; i < columns->count; i++)
        cr_expect_str_eq(json_string_value(json_object_get(json_array_get(list, i), "name")),
                         columns->all[i].name, "%s", file->name);
    json_decref(list);
}

Test(csv_folders, schema_json_is_the_columns)
{
    each(expect_json);
}

static void expect_documented(const struct csv_file *file, const struct csv_columns *columns)
{
    cr_expect_gt(strlen(file->meaning), 10u, "%s", file->name);
    for (size_t i = 0; i < columns->count; i++) {
        const struct csv_column *column = &columns->all[i];
        cr_expect_geq(strlen(column->meaning), 4u, "%s: %s", file->name, column->name);
        cr_expect_not_null(column->unit, "%s: %s", file->name, column->name);
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(column->name, columns->all[j].name, "%s: twice", file->name);
    }
}

Test(csv_folders, every_column_is_documented_and_there_once)
{
    each(expect_documented);
}

Test(csv_folders, no_two_files_have_one_name)
{
    const char *names[64];
    size_t count, found = 0;
    const struct csv_folder *const *folders = csv_folders(&count);
    for (size_t i = 0; i < count; i++)
        for (const struct csv_file *const *file = folders[i]->files; *file != NULL; file++) {
            cr_assert_lt(found, sizeof names / sizeof *names);
            for (size_t j = 0; j < found; j++)
                cr_expect_str_neq((*file)->name, names[j]);
            names[found++] = (*file)->name;
        }
    cr_expect_geq(found, 18u);
}
