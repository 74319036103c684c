#include "harness/support/csv.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct csv_table table;
static struct lg_error error;

static enum lg_status parse(const char *text)
{
    return csv_parse("x.csv", text, strlen(text), &table, &error);
}

static void assert_field(size_t row, size_t column, const char *expected)
{
    cr_assert_str_eq(csv_field(&table, row, column), expected, "row %zu column %zu: '%s'", row,
                     column, csv_field(&table, row, column));
}

static void assert_wrong(const char *text, int line, int column, const char *message)
{
    cr_assert_eq(parse(text), LG_INPUT, "accepted: %s", text);
    cr_assert_str_eq(error.file, "x.csv");
    cr_assert_eq(error.line, line, "%s: line %d", text, error.line);
    cr_assert_eq(error.column, column, "%s: column %d", text, error.column);
    cr_assert_not_null(strstr(error.message, message), "%s", error.message);
    cr_assert_null(table.fields);
}

/* ---- Numbers ------------------------------------------------------------- */

static void assert_written(double value, const char *expected)
{
    char text[CSV_REAL_MAX];
    csv_format_real(value, text);
    cr_assert_str_eq(text, expected);
}

Test(csv, reals_are_as_short_as_they_can_be)
{
    assert_written(0.1, "0.1");
    assert_written(0.5, "0.5");
    assert_written(1.0 / 3.0, "0.3333333333333333");
    assert_written(0.1 + 0.2, "0.30000000000000004");
    assert_written(60000.0, "60000");
    assert_written(1e-10, "1e-10");
    assert_written(-0.0, "-0");
    assert_written(-NAN, "nan");
    assert_written(INFINITY, "inf");
    assert_written(-INFINITY, "-inf");
}

Test(csv, reals_round_trip)
{
    double values[] = {DBL_MIN, DBL_MAX, DBL_TRUE_MIN, 1.0 + DBL_EPSILON, -DBL_MAX / 3.0};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        char text[CSV_REAL_MAX];
        csv_format_real(values[i], text);
        cr_assert_eq(strtod(text, NULL), values[i], "%s", text);
    }
    uint64_t bits = 1; /* every exponent, with a mantissa that changes */
    for (int i = 0; i < 20000; i++) {
        double value, back;
        char text[CSV_REAL_MAX];
        bits = bits * 6364136223846793005u + 1442695040888963407u;
        memcpy(&value, &bits, sizeof value);
        if (!isfinite(value))
            continue;
        csv_format_real(value, text);
        back = strtod(text, NULL);
        cr_assert_eq(memcmp(&back, &value, sizeof value), 0, "%s", text);
    }
}

/* ---- Writing ------------------------------------------------------------- */

Test(csv, quotes_where_it_must)
{
    struct csv csv = {0};
    csv_empty(&csv);
    csv_text(&csv, "plain text");
    csv_text(&csv, "a,b");
    csv_text(&csv, "say \"so\"");
    csv_text(&csv, "two\nlines");
    csv_text(&csv, "back\r");
    csv_end_row(&csv);
    csv_integer(&csv, UINT64_MAX);
    csv_real(&csv, 0.25);
    csv_empty(&csv);
    csv_end_row(&csv);
    cr_assert_str_eq(csv.text.bytes,
                     ",plain text,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\"back\r\"\n"
                     "18446744073709551615,0.25,\n");
    text_free(&csv.text);
}

/* ---- Reading ------------------------------------------------------------- */

Test(csv, reads_what_it_writes)
{
    static const char *const fields[] = {
        "\xEF\xBB\xBFx", "",    ",", "\"",   "\"\"", "a\"b\"", "\n", "\r",
        "\r\n",          " x ", "é", "1e-3", "end"};
    enum { COUNT = sizeof fields / sizeof *fields };
    struct csv csv = {0};
    for (int row = 0; row < 2; row++) {
        for (size_t i = 0; i < COUNT; i++)
            csv_text(&csv, fields[row == 0 ? i : COUNT - 1 - i]);
        csv_end_row(&csv);
    }
    cr_assert_eq(csv_parse("x.csv", csv.text.bytes, csv.text.size, &table, &error), LG_OK, "%s",
                 error.message);
    cr_assert_eq(table.rows, 2);
    cr_assert_eq(table.columns, COUNT);
    for (size_t i = 0; i < COUNT; i++) {
        assert_field(0, i, fields[i]);
        assert_field(1, i, fields[COUNT - 1 - i]);
    }
    csv_free(&table);
    text_free(&csv.text);
}

Test(csv, reads_both_line_ends_and_a_last_line_without)
{
    cr_assert_eq(parse("a,b\r\n1,2\n3,\"4\"\r\n5,"), LG_OK, "%s", error.message);
    cr_assert_eq(table.rows, 4);
    assert_field(0, 1, "b");
    assert_field(2, 1, "4");
    assert_field(3, 0, "5");
    assert_field(3, 1, "");
    csv_free(&table);
}

Test(csv, finds_columns)
{
    cr_assert_eq(parse("cell,epoch\nx,1\n"), LG_OK);
    cr_assert_eq(csv_column(&table, "epoch"), 1);
    cr_assert_eq(csv_column(&table, "x"), -1);
    csv_free(&table);
}

Test(csv, names_the_place_of_what_is_wrong)
{
    assert_wrong("a,b\n1,2,3\n", 2, 1, "this row has 3 fields; the rows above have 2");
    assert_wrong("a,b\n\n1,2\n", 2, 1, "1 fields");
    assert_wrong("a,b\n1,\"2\n3,4\n", 2, 3, "never closed");
    assert_wrong("a,\"b\"c\n", 1, 6, "expected a comma");
    assert_wrong("a,b\n\"x\ny\",z\"\n", 3, 5, "a quote inside");
    assert_wrong("", 0, 0, "empty");
    cr_assert_eq(csv_parse("x.csv", "a\0b", 3, &table, &error), LG_INPUT);
    cr_assert_eq(csv_read("/nowhere/x.csv", &table, &error), LG_ENVIRONMENT);
}
