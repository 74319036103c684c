#include "harness/spec/value.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

Test(value, whole_numbers_are_read_strictly)
{
    static const char *const wrong[] = {"",
                                        "+",
                                        "4.5",
                                        "1e3",
                                        "0x10",
                                        "010",
                                        "1_000",
                                        " 1",
                                        "1 ",
                                        "one",
                                        "--1",
                                        "nan",
                                        "+-1",
                                        "00",
                                        "1.",
                                        "٣",
                                        "9223372036854775808"};
    int64_t value = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(value_integer(wrong[i], &value), "'%s'", wrong[i]);
    cr_assert(value_integer("9223372036854775807", &value));
    cr_assert_eq(value, INT64_MAX);
    cr_assert(value_integer("-12", &value));
    cr_assert_eq(value, -12);
    cr_assert(value_integer("+0", &value));
    cr_assert_eq(value, 0);
}

Test(value, numbers_are_read_strictly)
{
    static const char *const wrong[] = {
        "",   ".",   "1e-3x", "nan",  "inf", "-inf",  ".inf",   ".nan",   "0x1p3", "1e",   "1e+",
        "e5", "1,5", "1 ",    "01.5", "1_0", "1e999", "-1e999", "1e-999", "--1",   "1.2.3"};
    double value = 7;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_expect_not(value_real(wrong[i], &value), "'%s'", wrong[i]);
}

Test(value, numbers_are_read_exactly)
{
    static const struct {
        const char *text;
        double value;
    } right[] = {{"1", 1},     {"-0.5", -0.5},         {".5", 0.5},
                 {"1.", 1},    {"1e-4", 1e-4},         {"+2E+3", 2000},
                 {"0.1", 0.1}, {"4.9e-324", 4.9e-324}, {"1.7976931348623157e308", DBL_MAX},
                 {"0e5", 0}};
    for (size_t i = 0; i < sizeof right / sizeof *right; i++) {
        double value = 7;
        cr_expect(value_real(right[i].text, &value), "'%s'", right[i].text);
        cr_expect_eq(value, right[i].value, "'%s'", right[i].text);
    }
}

Test(value, minus_zero_is_zero)
{
    double value = 7;
    cr_assert(value_real("-0.0", &value));
    cr_assert_not(signbit(value));
}

Test(value, the_shortest_text_reads_back)
{
    static const struct {
        double value;
        const char *text;
    } printed[] = {{0.0001, "0.0001"},   {1e-5, "1e-5"},       {1e20, "1e20"},
                   {0.1, "0.1"},         {-3, "-3"},           {10, "10"},
                   {1e6, "1000000"},     {1200, "1200"},       {1.0 / 3, "0.3333333333333333"},
                   {2.5e-10, "2.5e-10"}, {4.9e-324, "5e-324"}, {0.1 + 0.2, "0.30000000000000004"}};
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        char buffer[VALUE_TEXT_MAX];
        double value = 7;
        cr_expect_str_eq(value_print(printed[i].value, buffer), printed[i].text);
        cr_expect(value_real(buffer, &value));
        cr_expect_eq(value, printed[i].value);
    }
}

Test(value, an_option_has_a_range)
{
    struct lg_option rate = {"lr", LG_OPTION_REAL, 0, 0, 1, 1, NULL, ""};
    char expected[VALUE_EXPECTED_MAX];
    double value = 7;
    cr_expect_not(value_option(&rate, "0", &value));
    cr_expect(value_option(&rate, "1", &value));
    cr_expect_not(value_option(&rate, "1.0000001", &value));
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number above 0 and at most 1");
    rate.above_minimum = 0;
    cr_expect(value_option(&rate, "0", &value));
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number from 0 to 1");
    rate.maximum = INFINITY;
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number, 0 or more");
    rate.above_minimum = 1;
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number above 0");
    rate.minimum = -DBL_MAX;
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number");
    rate.maximum = 2;
    cr_expect_str_eq(value_option_expected(&rate, expected), "a number, at most 2");
}

Test(value, an_option_of_another_kind)
{
    static const char *const words[] = {"mean", "sum", NULL};
    const struct lg_option choice = {.kind = LG_OPTION_CHOICE, .choices = words};
    const struct lg_option flag = {.kind = LG_OPTION_FLAG};
    const struct lg_option whole = {.kind = LG_OPTION_INTEGER, .minimum = 1, .maximum = 10};
    char text[VALUE_EXPECTED_MAX], printed[VALUE_TEXT_MAX];
    double value = 7;
    cr_expect(value_option(&choice, "sum", &value) && value == 1);
    cr_expect_str_eq(value_option_print(&choice, 1, printed), "sum");
    cr_expect_not(value_option(&choice, "Sum", &value));
    cr_expect_str_eq(value_option_expected(&choice, text), "one of mean, sum");
    cr_expect(value_option(&flag, "true", &value) && value == 1);
    cr_expect(value_option(&flag, "false", &value) && value == 0);
    cr_expect_not(value_option(&flag, "1", &value));
    cr_expect_str_eq(value_option_print(&flag, 0, printed), "false");
    cr_expect_not(value_option(&whole, "2.0", &value));
    cr_expect(value_option(&whole, "10", &value) && value == 10);
    cr_expect_str_eq(value_option_expected(&whole, text), "a whole number from 1 to 10");
}
