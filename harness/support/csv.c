#include "harness/support/csv.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/encoding.h"
#include "harness/support/files.h"

/* ---- Writing ------------------------------------------------------------- */

bool csv_same_bits(double a, double b)
{
    uint64_t bits_a, bits_b;
    memcpy(&bits_a, &a, sizeof bits_a);
    memcpy(&bits_b, &b, sizeof bits_b);
    return bits_a == bits_b;
}

void csv_format_real(double value, char text[CSV_REAL_MAX])
{
    if (isnan(value)) {
        snprintf(text, CSV_REAL_MAX, "nan"); /* printf() would show the sign of a NaN */
        return;
    }
    for (int digits = 15; digits <= 17; digits++) {
        snprintf(text, CSV_REAL_MAX, "%.*g", digits, value);
        if (csv_same_bits(strtod(text, NULL), value))
            return;
    }
}

enum lg_status csv_check(const struct csv *csv, struct lg_error *error)
{
    return csv->wrong[0] != '\0' ? lg_fail(error, LG_FAILED, "%s", csv->wrong)
                                 : text_check(&csv->text, error);
}

static void begin_field(struct csv *csv)
{
    if (csv->in_row)
        text_add(&csv->text, ",", 1);
    csv->in_row = true;
}

void csv_text(struct csv *csv, const char *value)
{
    begin_field(csv);
    /* A byte order mark would be taken for the file's own. */
    if (strpbrk(value, ",\"\r\n") == NULL && strncmp(value, "\xEF\xBB\xBF", 3) != 0) {
        text_add(&csv->text, value, strlen(value));
        return;
    }
    text_add(&csv->text, "\"", 1);
    for (const char *quote; (quote = strchr(value, '"')) != NULL; value = quote + 1) {
        text_add(&csv->text, value, (size_t)(quote - value));
        text_add(&csv->text, "\"\"", 2);
    }
    text_add(&csv->text, value, strlen(value));
    text_add(&csv->text, "\"", 1);
}

void csv_integer(struct csv *csv, uint64_t value)
{
    begin_field(csv);
    text_print(&csv->text, "%" PRIu64, value);
}

void csv_signed(struct csv *csv, int64_t value)
{
    begin_field(csv);
    text_print(&csv->text, "%" PRId64, value);
}

void csv_real(struct csv *csv, double value)
{
    char text[CSV_REAL_MAX];
    csv_format_real(value, text);
    csv_text(csv, text);
}

void csv_empty(struct csv *csv)
{
    begin_field(csv);
}

void csv_end_row(struct csv *csv)
{
    text_add(&csv->text, "\n", 1);
    csv->in_row = false;
}

void csv_add(struct csv *csv, const struct csv *rows)
{
    if (rows->text.size > 0)
        text_add(&csv->text, rows->text.bytes, rows->text.size);
    csv->text.failed = csv->text.failed || rows->text.failed;
    if (csv->wrong[0] == '\0')
        memcpy(csv->wrong, rows->wrong, sizeof csv->wrong);
}

/* ---- Reading ------------------------------------------------------------- */

/* The reader unquotes in place: `put` never overtakes `at`. */
struct reader {
    const char *name;
    char *at, *end; /* what is left to read */
    char *put;      /* where the field's next character goes */
    int line;       /* 1-based */
    char *line_start;
    struct csv_table *table;
    size_t capacity; /* of table->fields */
    size_t in_row;   /* fields of this row so far */
};

static enum lg_status wrong(const struct reader *reader, struct lg_error *error, const char *what)
{
    return lg_fail_at(error, LG_INPUT, reader->name, reader->line,
                      (int)(reader->at - reader->line_start) + 1, "%s", what);
}

static enum lg_status add_field(struct reader *reader, char *field, struct lg_error *error)
{
    struct csv_table *table = reader->table;
    size_t count = table->rows * table->columns + reader->in_row;
    if (count == reader->capacity) {
        size_t capacity = reader->capacity > 0 ? 2 * reader->capacity : 64;
        char **fields = realloc(table->fields, capacity * sizeof *fields);
        if (fields == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory to read %s", reader->name);
        table->fields = fields;
        reader->capacity = capacity;
    }
    table->fields[count] = field;
    reader->in_row++;
    return LG_OK;
}

static bool at_line_end(const struct reader *reader)
{
    return reader->at == reader->end || *reader->at == '\n' ||
           (*reader->at == '\r' && reader->at + 1 < reader->end && reader->at[1] == '\n');
}

static enum lg_status read_quoted(struct reader *reader, struct lg_error *error)
{
    struct reader opening = *reader;
    for (reader->at++; reader->at < reader->end; reader->at++) {
        if (*reader->at == '"') {
            reader->at++;
            if (reader->at == reader->end || *reader->at != '"')
                return LG_OK;
        }
        if (*reader->at == '\n') {
            reader->line++;
            reader->line_start = reader->at + 1;
        }
        *reader->put++ = *reader->at;
    }
    return wrong(&opening, error, "this quote is never closed");
}

static enum lg_status read_plain(struct reader *reader, struct lg_error *error)
{
    for (; !at_line_end(reader) && *reader->at != ','; reader->at++) {
        if (*reader->at == '"')
            return wrong(reader, error, "a quote inside a field that does not start with one");
        *reader->put++ = *reader->at;
    }
    return LG_OK;
}

/* One field, and the comma after it; *last: the row ends here. */
static enum lg_status read_field(struct reader *reader, bool *last, struct lg_error *error)
{
    char *field = reader->put = reader->at;
    enum lg_status status = reader->at < reader->end && *reader->at == '"'
                                ? read_quoted(reader, error)
                                : read_plain(reader, error);
    if (status != LG_OK)
        return status;
    *last = at_line_end(reader);
    if (!*last) {
        if (*reader->at != ',')
            return wrong(reader, error,
                         "expected a comma or the end of the line after a quoted field");
        reader->at++;
        *reader->put = '\0'; /* falls on what was just read; end_line() ends the last field */
    }
    return add_field(reader, field, error);
}

static void end_line(struct reader *reader)
{
    char *put = reader->put;
    if (reader->at < reader->end && *reader->at == '\r')
        reader->at++;
    if (reader->at < reader->end)
        reader->at++;
    *put = '\0'; /* the buffer has room for one behind its end */
    reader->line++;
    reader->line_start = reader->at;
}

static enum lg_status read_row(struct reader *reader, struct lg_error *error)
{
    struct csv_table *table = reader->table;
    reader->in_row = 0;
    struct reader start = *reader;
    bool last = false;
    while (!last) {
        enum lg_status status = read_field(reader, &last, error);
        if (status != LG_OK)
            return status;
    }
    if (table->rows > 0 && reader->in_row != table->columns)
        return lg_fail_at(error, LG_INPUT, reader->name, start.line, 1,
                          "this row has %zu fields; the rows above have %zu", reader->in_row,
                          table->columns);
    end_line(reader);
    table->columns = reader->in_row;
    table->rows++;
    return LG_OK;
}

/* The line, from 1, of a place in a text. */
static int line_of(const char *text, const char *place)
{
    int line = 1;
    for (; text < place; text++)
        line += *text == '\n';
    return line;
}

enum lg_status csv_parse(const char *name, const char *text, size_t size, struct csv_table *table,
                         struct lg_error *error)
{
    *table = (struct csv_table){0};
    size_t mark = 0;
    if (encoding_check(name, text, size, &mark, error) != LG_OK)
        return LG_INPUT;
    text += mark;
    size -= mark;
    if (size == 0)
        return lg_fail_at(error, LG_INPUT, name, 0, 0, "empty; expected rows of CSV");
    const char *zero = memchr(text, '\0', size);
    if (zero != NULL)
        return lg_fail_at(error, LG_INPUT, name, line_of(text, zero), 0,
                          "found a zero byte, expected CSV");
    table->bytes = malloc(size + 1);
    if (table->bytes == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to read %s", name);
    memcpy(table->bytes, text, size);
    struct reader reader = {
        .name = name,
        .at = table->bytes,
        .end = table->bytes + size,
        .line = 1,
        .line_start = table->bytes,
        .table = table,
    };
    enum lg_status status = LG_OK;
    while (status == LG_OK && reader.at < reader.end)
        status = read_row(&reader, error);
    if (status != LG_OK)
        csv_free(table);
    return status;
}

enum lg_status csv_read(const char *path, struct csv_table *table, struct lg_error *error)
{
    struct text content = {0};
    *table = (struct csv_table){0};
    enum lg_status status = files_read(path, &content, error);
    if (status == LG_OK)
        status =
            csv_parse(path, content.bytes != NULL ? content.bytes : "", content.size, table, error);
    text_free(&content);
    return status;
}

const char *csv_field(const struct csv_table *table, size_t row, size_t column)
{
    assert(row < table->rows && column < table->columns);
    return table->fields[row * table->columns + column];
}

int csv_column(const struct csv_table *table, const char *name)
{
    for (size_t i = 0; table->rows > 0 && i < table->columns; i++)
        if (strcmp(csv_field(table, 0, i), name) == 0)
            return (int)i;
    return -1;
}

void csv_free(struct csv_table *table)
{
    free(table->fields);
    free(table->bytes);
    *table = (struct csv_table){0};
}
