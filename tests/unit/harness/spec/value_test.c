#include "harness/spec/value.h"

#include <criterion/criterion.h>
#include <float.h>
#include <math.h>
#include <string.h>

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
    struct lg_option rate = {
        .name = "lr", .kind = LG_OPTION_REAL, .maximum = 1, .above_minimum = 1};
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

Test(value, a_value_that_the_precision_does_not_hold)
{
    static const struct {
        double minimum, maximum;
        bool beside_root;
        enum lg_precision precision;
        double value;
        const char *expected; /* NULL: it is held */
    } cases[] = {
        {0, 1e30, false, LG_F32, 1e-46,
         "at most 0, or at least 1.1754943508222875e-38: f32 holds nothing between (f64 does)"},
        {0, 1e30, false, LG_F32, 1.1754943508222875e-38, NULL},
        {0, 1e30, false, LG_F64, 1e-46, NULL},
        {0, 1e30, false, LG_F64, 1e-310,
         "at most 0, or at least 2.2250738585072014e-308: f64 holds nothing between"},
        {1e-300, 1e30, false, LG_F32, 1e-46,
         "at least 1.1754943508222875e-38: f32 holds nothing between (f64 does)"},
        {-1e30, 1e30, false, LG_F32, -1e-46,
         "at most -1.1754943508222875e-38, or at least 0: f32 holds nothing between (f64 does)"},
        {0, DBL_MAX, false, LG_F32, 1e39,
         "at most 3.4028234663852886e38: f32 holds nothing between (f64 does)"},
        {0, 0.9999999999999999, false, LG_F32, 0.99999999,
         "at most 0.9999999403953552: f32 holds nothing between (f64 does)"},
        {0, 1, false, LG_F32, 0.99999999,
         "at most 0.9999999403953552, or at least 1: f32 holds nothing between (f64 does)"},
        {0, 1, false, LG_F32, 0.9999999403953552, NULL},
        {0, 1, false, LG_F32, 1, NULL},
        {1, 1e30, false, LG_F32, 1.00000001,
         "at most 1, or at least 1.0000001192092896: f32 holds nothing between (f64 does)"},
        {0, 1e30, false, LG_F32, 0.99999999, NULL}, /* 1 is nothing special to a rate */
        {0, 1e30, true, LG_F32, 1e-20,
         "at most 0, or at least 1.0842021724855044e-19: f32 squares gradients of that size to 0 "
         "(f64 does not)"},
        {0, 1e30, true, LG_F32, 1.0842021724855044e-19, NULL},
        {0, 1e30, true, LG_F64, 1e-20, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct lg_option option = {.name = "x",
                                         .kind = LG_OPTION_REAL,
                                         .minimum = cases[i].minimum,
                                         .maximum = cases[i].maximum,
                                         .beside_root = cases[i].beside_root};
        char expected[VALUE_EXPECTED_MAX] = "";
        const bool held = value_is_held(&option, cases[i].precision, cases[i].value, expected);
        cr_expect_eq(held, cases[i].expected == NULL, "case %zu: %s", i, expected);
        if (!held && cases[i].expected != NULL)
            cr_expect_str_eq(expected, cases[i].expected);
    }
    const struct lg_option reference = {.kind = LG_OPTION_REAL, .maximum = 1, .is_double = true};
    char expected[VALUE_EXPECTED_MAX];
    cr_expect(value_is_held(&reference, LG_F32, 1e-46, expected));
    const struct lg_option whole = {.kind = LG_OPTION_INTEGER, .maximum = 1e15};
    cr_expect(value_is_held(&whole, LG_F32, 16777217, expected));
}

Test(value, an_option_of_another_kind)
{
    static const char *const words[] = {"mean", "sum", NULL};
    const struct lg_option choice = {.kind = LG_OPTION_CHOICE, .choices = words};
    const struct lg_option flag = {.kind = LG_OPTION_FLAG};
    const struct lg_option whole = {.kind = LG_OPTION_INTEGER, .minimum = 1, .maximum = 10};
    char text[VALUE_EXPECTED_MAX];
    double value = 7;
    cr_expect(value_option(&choice, "sum", &value) && value == 1);
    cr_expect_not(value_option(&choice, "Sum", &value));
    cr_expect_str_eq(value_option_expected(&choice, text), "one of mean, sum");
    cr_expect(value_option(&flag, "true", &value) && value == 1);
    cr_expect(value_option(&flag, "false", &value) && value == 0);
    cr_expect_not(value_option(&flag, "1", &value));
    cr_expect_not(value_option(&whole, "2.0", &value));
    cr_expect(value_option(&whole, "10", &value) && value == 10);
    cr_expect_str_eq(value_option_expected(&whole, text), "a whole number from 1 to 10");
}

/* One option of each kind, with two lists. */
static const char *const reductions[] = {"mean", "sum", NULL};
static const struct lg_option every_kind[] = {
    {.name = "reduction", .kind = LG_OPTION_CHOICE, .choices = reductions, .maximum = 1},
    {.name = "weights", .kind = LG_OPTION_LIST, .maximum = 9},
    {.name = "flag", .kind = LG_OPTION_FLAG, .maximum = 1},
    {.name = "places", .kind = LG_OPTION_LIST, .minimum = -9, .maximum = 9},
    {.name = "beta", .kind = LG_OPTION_REAL, .maximum = 1},
};
static const struct lg_info every_info = {.options = every_kind, .option_count = 5};

Test(value, an_option_is_printed_as_it_is_written)
{
    static const char *const expected[] = {"sum", "[0.5,1,2]", "false", "[]", "1e-5"};
    static const double weights[] = {0.5, 1, 2};
    struct lg_options options = {.value = {1, 0, 0, 0, 1e-5}};
    char printed[VALUE_OPTION_MAX];
    cr_assert(lg_options_set_list(&every_info, &options, 1, weights, 3));
    for (size_t i = 0; i < 5; i++)
        cr_expect_str_eq(value_option_print(&every_info, &options, i, printed), expected[i]);
}

Test(value, the_longest_list_can_be_printed)
{
    struct lg_options options = {.value = {0}};
    double numbers[LG_LIST_MAX];
    char printed[VALUE_OPTION_MAX];
    for (size_t i = 0; i < LG_LIST_MAX; i++)
        numbers[i] = -1.2345678901234567e-300;
    cr_assert(lg_options_set_list(&every_info, &options, 1, numbers, LG_LIST_MAX));
    value_option_print(&every_info, &options, 1, printed);
    cr_expect_eq(printed[strlen(printed) - 1], ']');
}

Test(value, lists_are_the_same_wherever_they_lie)
{
    static const double ones[] = {1, 1}, other[] = {1, 2};
    struct lg_options a = {.value = {0}}, b = {.value = {0}};
    cr_assert(lg_options_set_list(&every_info, &a, 1, ones, 2));
    cr_assert(lg_options_set_list(&every_info, &a, 3, other, 2));
    cr_assert(lg_options_set_list(&every_info, &b, 3, other, 2));
    cr_assert(lg_options_set_list(&every_info, &b, 1, ones, 2));
    for (size_t i = 0; i < 5; i++)
        cr_expect(value_option_same(&every_info, &a, &b, i));
    struct lg_options c = {.value = {0}};
    cr_assert(lg_options_set_list(&every_info, &c, 1, other, 2));
    cr_expect_not(value_option_same(&every_info, &a, &c, 1));
    cr_expect_not(value_option_same(&every_info, &a, &c, 3));
}

Test(value, an_entry_of_a_list_has_a_range)
{
    char expected[VALUE_EXPECTED_MAX];
    double value = 7;
    cr_expect(value_list_entry(&every_kind[1], "9", &value) && value == 9);
    cr_expect_not(value_list_entry(&every_kind[1], "9.5", &value));
    cr_expect_not(value_list_entry(&every_kind[1], "-1", &value));
    cr_expect_not(value_list_entry(&every_kind[1], "nan", &value));
    cr_expect_str_eq(value_list_entry_expected(&every_kind[1], expected), "a number from 0 to 9");
    cr_expect_str_eq(value_option_expected(&every_kind[1], expected),
                     "a list of at most 64, each a number from 0 to 9");
}

Test(value, lists_have_a_length)
{
    static const double numbers[] = {1, 2, 3};
    struct lg_options options = {.value = {0}};
    size_t found = 7;
    cr_expect_null(value_list_of_other_length(&every_info, &options, 2, false, &found));
    cr_assert(lg_options_set_list(&every_info, &options, 3, numbers, 3));
    cr_expect_null(value_list_of_other_length(&every_info, &options, 3, false, &found));
    cr_expect_eq(value_list_of_other_length(&every_info, &options, 2, false, &found),
                 &every_kind[3]);
    cr_expect_eq(found, 3);
}
