#include "harness/support/table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/csv.h"
#include "harness/support/shown.h"

const char *const table_formats[] = {"text", "csv", "markdown", NULL};

void table_row(struct table *table, const char *const *fields)
{
    assert(table->columns <= TABLE_COLUMNS_MAX);
    size_t count = table->rows * table->columns;
    if (count + table->columns > table->capacity) {
        size_t capacity = 2 * (count + table->columns);
        char **larger = realloc(table->fields, capacity * sizeof *larger);
        if (larger == NULL) {
            table->failed = true;
            return;
        }
        table->fields = larger;
        table->capacity = capacity;
    }
    for (size_t i = 0; i < table->columns; i++) {
        table->fields[count + i] = strdup(fields[i]);
        table->failed |= table->fields[count + i] == NULL;
    }
    table->rows++;
}

static const char *field_at(const struct table *table, size_t row, size_t column)
{
    return table->fields[row * table->columns + column];
}

/* The field as the terminal shows it; the caller frees the text. */
static struct text shown_at(const struct table *table, size_t row, size_t column)
{
    struct text shown = {0};
    const char *field = field_at(table, row, column);
    shown_add(&shown, field, strlen(field));
    return shown;
}

static size_t width_of(const struct text *shown)
{
    return shown->size > 0 ? shown_width(shown->bytes) : 0;
}

static bool looks_like_number(const char *text)
{
    char *end;
    (void)strtod(text, &end);
    return *end == '\0' || strcmp(text, "-") == 0;
}

static void pad(struct text *text, size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_add(text, " ", 1);
}

static void format_text(const struct table *table, struct text *text)
{
    size_t columns = table->text_columns > 0 ? table->text_columns : table->columns;
    size_t widths[TABLE_COLUMNS_MAX] = {0};
    bool right[TABLE_COLUMNS_MAX];
    for (size_t c = 0; c < columns; c++) {
        right[c] = table->rows > 1;
        for (size_t r = 0; r < table->rows; r++) {
            struct text shown = shown_at(table, r, c);
            const size_t width = width_of(&shown);
            widths[c] = width > widths[c] ? width : widths[c];
            text_free(&shown);
            right[c] &= r == 0 || looks_like_number(field_at(table, r, c));
        }
    }
    for (size_t r = 0; r < table->rows; r++) {
        size_t owed = 0; /* blanks, printed only if something follows */
        for (size_t c = 0; c < columns; c++) {
            struct text shown = shown_at(table, r, c);
            const size_t blank = widths[c] - width_of(&shown);
            owed += (c > 0 ? 2 : 0) + (right[c] ? blank : 0);
            if (shown.size > 0) {
                pad(text, owed);
                text_add(text, shown.bytes, shown.size);
                owed = 0;
            }
            owed += right[c] ? 0 : blank;
            text_free(&shown);
        }
        text_add(text, "\n", 1);
    }
}

static void format_csv(const struct table *table, struct text *text)
{
    struct csv csv = {.text = *text};
    for (size_t r = 0; r < table->rows; r++) {
        for (size_t c = 0; c < table->columns; c++)
            csv_text(&csv, field_at(table, r, c));
        csv_end_row(&csv);
    }
    *text = csv.text;
}

static void format_markdown(const struct table *table, struct text *text)
{
    for (size_t r = 0; r < table->rows; r++) {
        text_add(text, "|", 1);
        for (size_t c = 0; c < table->columns; c++) {
            text_add(text, " ", 1);
            for (const char *at = field_at(table, r, c); *at != '\0'; at++)
                text_print(text, *at == '|' ? "\\%c" : "%c", *at);
            text_add(text, " |", 2);
        }
        text_add(text, "\n", 1);
        for (size_t c = 0; r == 0 && c < table->columns; c++)
            text_print(text, c + 1 < table->columns ? "|---" : "|---|\n");
    }
}

enum lg_status table_format(const struct table *table, enum table_format format, struct text *text,
                            struct lg_error *error)
{
    if (table->failed)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a table");
    switch (format) {
    case TABLE_TEXT:
        format_text(table, text);
        break;
    case TABLE_CSV:
        format_csv(table, text);
        break;
    case TABLE_MARKDOWN:
        format_markdown(table, text);
        break;
    }
    return text_check(text, error);
}

void table_free(struct table *table)
{
    for (size_t i = 0; i < table->rows * table->columns; i++)
        free(table->fields[i]);
    free(table->fields);
    *table = (struct table){0};
}
