#include "harness/eval/eval_matrix.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

static enum lg_status parse(const char *text, enum lg_precision precision, struct matrix *matrix,
                            struct lg_error *error)
{
    return matrix_parse("a.csv", text, strlen(text), precision, matrix, error);
}

Test(eval_matrix, rows_of_numbers_are_read_exactly)
{
    static const double expected[] = {1, -0.5, 1e-4, 0.1, 4.9e-324, 2000};
    static const char *const texts[] = {
        "1,-0.5,1e-4\n0.1,4.9e-324,2E+3\n",
        "1,-0.5,1e-4\r\n0.1,4.9e-324,2E+3\r\n",
        " 1 ,\t-0.5, 1e-4\n0.1,4.9e-324,2E+3",
        "1,-0.5,1e-4\n0.1,4.9e-324,2E+3\n\n  \n\r\n",
        "\xEF\xBB\xBF"
        "1,-0.5,1e-4\r\n0.1,4.9e-324,2E+3\r\n",
    };
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
        struct matrix matrix;
        struct lg_error error;
        cr_assert_eq(parse(texts[t], LG_F64, &matrix, &error), LG_OK, "%s", error.message);
        cr_assert(matrix.rows == 2 && matrix.columns == 3);
        for (size_t i = 0; i < 6; i++)
            cr_expect_eq(matrix.values[i], expected[i]);
        matrix_free(&matrix);
    }
}

Test(eval_matrix, many_numbers_fit)
{
    enum { ROWS = 300, COLUMNS = 7, BYTES = ROWS * COLUMNS * 8 };
    static char text[BYTES];
    size_t used = 0;
    for (int i = 0; i < ROWS * COLUMNS; i++)
        used +=
            (size_t)snprintf(text + used, BYTES - used, "%d%c", i, (i + 1) % COLUMNS ? ',' : '\n');
    struct matrix matrix;
    struct lg_error error;
    cr_assert_eq(parse(text, LG_F32, &matrix, &error), LG_OK);
    cr_assert(matrix.rows == ROWS && matrix.columns == COLUMNS);
    for (int i = 0; i < ROWS * COLUMNS; i++)
        cr_assert_eq(matrix.values[i], i);
    matrix_free(&matrix);
}

Test(eval_matrix, the_sign_of_a_zero_is_kept)
{
    struct matrix matrix;
    struct lg_error error;
    cr_assert_eq(parse("-0,0,-0.0,-0e3", LG_F64, &matrix, &error), LG_OK);
    cr_expect(signbit(matrix.values[0]) && !signbit(matrix.values[1]));
    cr_expect(signbit(matrix.values[2]) && signbit(matrix.values[3]));
    matrix_free(&matrix);
}

Test(eval_matrix, anything_else_is_refused_at_its_place)
{
    static const struct {
        const char *text;
        enum lg_precision precision;
        int line, column;
        const char *message;
    } wrong[] = {
        {"", LG_F64, 0, 0, "found nothing, expected rows of numbers"},
        {"\n \n", LG_F64, 0, 0, "found nothing, expected rows of numbers"},
        {"1,2\n3\n", LG_F64, 2, 1, "found a row of 1 numbers, expected 2 as in the rows above"},
        {"1\n2,3\n", LG_F64, 2, 1, "found a row of 2 numbers, expected 1 as in the rows above"},
        {"1, two\n", LG_F64, 1, 4, "found 'two', expected a finite number"},
        {"1,nan\n", LG_F64, 1, 3, "found 'nan', expected a finite number"},
        {"1,-inf\n", LG_F64, 1, 3, "found '-inf', expected a finite number"},
        {"1,,2\n", LG_F64, 1, 3, "found nothing, expected a finite number"},
        {"1,\n", LG_F64, 1, 3, "found nothing, expected a finite number"},
        {"1\n\n2\n", LG_F64, 2, 1, "found nothing, expected a finite number"},
        {"1 2\n", LG_F64, 1, 1, "found '1 2', expected a finite number"},
        {"\"1\"\n", LG_F64, 1, 1, "found '\"1\"', expected a finite number"},
        {"1\n1e999\n", LG_F64, 2, 1, "found '1e999', expected a finite number"},
        {"1,1e39\n", LG_F32, 1, 3, "found '1e39', expected a number that f32 can hold"},
        {"\x01\n", LG_F64, 1, 1, "found '\\x01', expected a finite number"},
        {"a123456789012345678901234567890123456789012345\n", LG_F64, 1, 1,
         "found 'a123456789012345678901234567890123456...', expected a finite number"},
        {"1,\xEF\xBB\xBF"
         "2\n",
         LG_F64, 1, 3, "found '\\ufeff2', expected a finite number"},
        {"1,\x1B[31m2\n", LG_F64, 1, 3, "found '\\x1b[31m2', expected a finite number"},
        {"1\r2\n", LG_F64, 1, 1, "found '1\\r2', expected a finite number"},
        {"\xE9\n", LG_F64, 1, 1, "found '\\xe9', expected a finite number"},
        {"\xFF\xFE"
         "1",
         LG_F64, 1, 1,
         "found UTF-16 or UTF-32, expected UTF-8: save it so, or convert it with iconv"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct matrix matrix;
        struct lg_error error = {0};
        cr_expect_eq(parse(wrong[i].text, wrong[i].precision, &matrix, &error), LG_INPUT, "%s",
                     wrong[i].text);
        cr_expect_str_eq(error.message, wrong[i].message);
        cr_expect_str_eq(error.file, "a.csv");
        cr_expect(error.line == wrong[i].line && error.column == wrong[i].column, "%s: %d:%d",
                  wrong[i].text, error.line, error.column);
        cr_expect_null(matrix.values);
    }
}

Test(eval_matrix, a_zero_byte_ends_no_number)
{
    struct matrix matrix;
    struct lg_error error;
    cr_expect_eq(matrix_parse("a.csv", "1\0,2", 4, LG_F64, &matrix, &error), LG_INPUT);
    cr_expect_str_eq(error.message, "found '1\\x00', expected a finite number");
}

Test(eval_matrix, a_shape_is_expected)
{
    struct matrix matrix;
    struct lg_error error;
    cr_assert_eq(parse("1,2\n3,4\n5,6\n", LG_F64, &matrix, &error), LG_OK);
    cr_expect_eq(matrix_expect(&matrix, 3, 2, "why", &error), LG_OK);
    cr_expect_eq(matrix_expect(&matrix, 2, 2, "why", &error), LG_INPUT);
    cr_expect_eq(error.line, 3);
    cr_expect_str_eq(error.message, "found 3 x 2 numbers (rows x columns), expected 2 x 2: why");
    cr_expect_eq(matrix_expect(&matrix, 4, 2, "why", &error), LG_INPUT);
    cr_expect_eq(error.line, 3);
    cr_expect_eq(matrix_expect(&matrix, 3, 1, "why", &error), LG_INPUT);
    cr_expect_eq(error.line, 1);
    matrix_free(&matrix);
}

Test(eval_matrix, numbers_are_printed_so_that_they_come_back)
{
    static const double values[] = {0.1,         -2,           1.0 / 3,          -0.0,
                                    (double)NAN, -(double)NAN, (double)INFINITY, -(double)INFINITY};
    struct text text = {0};
    matrix_print(values, 4, 2, LG_F64, &text);
    cr_expect_str_eq(text.bytes, "0.10000000000000001,-2\n0.33333333333333331,-0\n"
                                 "nan,nan\ninf,-inf\n");
    text_free(&text);
    matrix_print(values, 1, 3, LG_F32, &text);
    cr_expect_str_eq(text.bytes, "0.1,-2,0.333333333\n");
    text_free(&text);
}
