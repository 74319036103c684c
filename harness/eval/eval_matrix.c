#include "harness/eval/eval_matrix.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/value.h"
#include "harness/support/encoding.h"
#include "harness/support/files.h"
#include "harness/support/shown.h"

enum { NUMBER_BYTES_MAX = 512, SHOWN_COLUMNS = 40, FOUND_BYTES = 256 };

/* The text while it is read. */
struct reading {
    struct matrix *matrix;
    enum lg_precision precision;
    const char *line, *end; /* what is left, from the start of a line */
    size_t capacity;        /* of the matrix, in numbers */
    struct lg_error *error;
};

/* ---- Numbers ------------------------------------------------------------- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* The text found: clipped, and escaped as shown.h says; "nothing", or 'text'. */
static const char *show(const char *text, size_t length, char found[FOUND_BYTES])
{
    struct text shown = {0}, cut = {0};
    shown_add(&shown, text, length);
    shown_add_cut(&cut, shown.bytes != NULL ? shown.bytes : "", SHOWN_COLUMNS);
    if (length == 0)
        snprintf(found, FOUND_BYTES, "nothing");
    else
        snprintf(found, FOUND_BYTES, "'%s'", cut.bytes != NULL ? cut.bytes : "");
    text_free(&cut);
    text_free(&shown);
    return found;
}

/* The error in a number of `length` bytes, or NULL. A minus sign before a zero is kept:
 * some derivatives depend on it. */
static const char *parse_number(const char *text, size_t length, enum lg_precision precision,
                                double *value)
{
    char number[NUMBER_BYTES_MAX];
    if (length >= sizeof number || memchr(text, '\0', length) != NULL)
        return "a finite number";
    memcpy(number, text, length);
    number[length] = '\0';
    if (!value_real(number, value))
        return "a finite number";
    if (*value == 0 && number[0] == '-')
        *value = -0.0;
    if (precision == LG_F32 && isinf((float)*value))
        return "a number that f32 can hold";
    return NULL;
}

static enum lg_status add_number(struct reading *reading, size_t index, double value, size_t place)
{
    struct matrix *matrix = reading->matrix;
    if (index == reading->capacity) {
        size_t capacity = index > 0 ? 2 * index : 64;
        double *values = realloc(matrix->values, capacity * sizeof *values);
        if (values != NULL)
            matrix->values = values;
        uint32_t *places = realloc(matrix->place, capacity * sizeof *places);
        if (places != NULL)
            matrix->place = places;
        if (values == NULL || places == NULL)
            return lg_fail(reading->error, LG_ENVIRONMENT, "not enough memory to read %s",
                           matrix->name);
        reading->capacity = capacity;
    }
    matrix->values[index] = value;
    matrix->place[index] = (uint32_t)place;
    return LG_OK;
}

/* ---- Rows ---------------------------------------------------------------- */

/* The numbers of the line [reading->line, end). */
static enum lg_status read_row(struct reading *reading, const char *end)
{
    struct matrix *matrix = reading->matrix;
    const int line = (int)matrix->rows + 1;
    size_t count = 0;
    for (const char *at = reading->line; at <= end; count++) {
        const char *comma = memchr(at, ',', (size_t)(end - at));
        const char *first = at, *last = comma != NULL ? comma : end;
        while (first < last && is_blank(*first))
            first++;
        while (last > first && is_blank(last[-1]))
            last--;
        const size_t place = (size_t)(first - reading->line) + 1, length = (size_t)(last - first);
        double value = 0;
        const char *wrong = parse_number(first, length, reading->precision, &value);
        char found[FOUND_BYTES];
        if (wrong != NULL)
            return lg_fail_at(reading->error, LG_INPUT, matrix->name, line, (int)place,
                              "found %s, expected %s", show(first, length, found), wrong);
        enum lg_status status =
            add_number(reading, matrix->rows * matrix->columns + count, value, place);
        if (status != LG_OK)
            return status;
        at = comma != NULL ? comma + 1 : end + 1;
    }
    if (matrix->rows > 0 && count != matrix->columns)
        return lg_fail_at(reading->error, LG_INPUT, matrix->name, line, 1,
                          "found a row of %zu numbers, expected %zu as in the rows above", count,
                          matrix->columns);
    matrix->columns = count;
    matrix->rows++;
    return LG_OK;
}

enum lg_status matrix_parse(const char *name, const char *text, size_t size,
                            enum lg_precision precision, struct matrix *matrix,
                            struct lg_error *error)
{
    *matrix = (struct matrix){.name = name};
    size_t mark = 0;
    if (encoding_check(name, text, size, &mark, error) != LG_OK)
        return LG_INPUT;
    text += mark;
    size -= mark;
    while (size > 0 && (is_blank(text[size - 1]) || text[size - 1] == '\n'))
        size--;
    if (size == 0)
        return lg_fail_at(error, LG_INPUT, name, 0, 0, "found nothing, expected rows of numbers");
    struct reading reading = {
        .matrix = matrix,
        .precision = precision,
        .line = text,
        .end = text + size,
        .error = error,
    };
    enum lg_status status = LG_OK;
    while (status == LG_OK && reading.line < reading.end) {
        const char *end = memchr(reading.line, '\n', (size_t)(reading.end - reading.line));
        end = end != NULL ? end : reading.end;
        status = read_row(&reading, end);
        reading.line = end + 1;
    }
    if (status != LG_OK)
        matrix_free(matrix);
    return status;
}

/* ---- Files --------------------------------------------------------------- */

static enum lg_status read_standard_input(struct text *content, struct lg_error *error)
{
    char piece[4096];
    for (size_t count; (count = fread(piece, 1, sizeof piece, stdin)) > 0;)
        text_add(content, piece, count);
    if (ferror(stdin))
        return lg_fail(error, LG_ENVIRONMENT, "standard input cannot be read");
    return text_check(content, error);
}

enum lg_status matrix_read(const char *path, enum lg_precision precision, struct matrix *matrix,
                           struct lg_error *error)
{
    const bool standard = strcmp(path, "-") == 0;
    struct text content = {0};
    *matrix = (struct matrix){0};
    enum lg_status status =
        standard ? read_standard_input(&content, error) : files_read(path, &content, error);
    if (status == LG_OK)
        status = matrix_parse(standard ? "standard input" : path,
                              content.bytes != NULL ? content.bytes : "", content.size, precision,
                              matrix, error);
    text_free(&content);
    return status;
}

enum lg_status matrix_expect(const struct matrix *matrix, size_t rows, size_t columns,
                             const char *why, struct lg_error *error)
{
    if (matrix->rows == rows && matrix->columns == columns)
        return LG_OK;
    /* The first line that is too much, or the last one when some are missing. */
    size_t line = matrix->rows > rows ? rows + 1 : matrix->rows;
    if (matrix->columns != columns)
        line = 1;
    return lg_fail_at(error, LG_INPUT, matrix->name, (int)line, 0,
                      "found %zu x %zu numbers (rows x columns), expected %zu x %zu: %s",
                      matrix->rows, matrix->columns, rows, columns, why);
}

void matrix_print(const double *values, size_t rows, size_t columns, enum lg_precision precision,
                  struct text *text)
{
    const int digits = precision == LG_F32 ? FLT_DECIMAL_DIG : DBL_DECIMAL_DIG;
    for (size_t i = 0; i < rows * columns; i++) {
        const char *end = (i + 1) % columns > 0 ? "," : "\n";
        if (isnan(values[i])) /* printf() would show the sign of a NaN */
            text_print(text, "nan%s", end);
        else
            text_print(text, "%.*g%s", digits, values[i], end);
    }
}

void matrix_free(struct matrix *matrix)
{
    free(matrix->values);
    free(matrix->place);
    *matrix = (struct matrix){0};
}
