#include "harness/support/table.h"

#include <criterion/criterion.h>

static struct table table = {.columns = 3};
static struct lg_error error;

static void fill(void)
{
    table_row(&table, (const char *const[]){"name", "count", "note"});
    table_row(&table, (const char *const[]){"é,a", "7", "x|y"});
    table_row(&table, (const char *const[]){"longer", "1e3", ""});
}

static void empty(void)
{
    table_free(&table);
}

TestSuite(table, .init = fill, .fini = empty);

static void assert_shown(enum table_format format, const char *expected)
{
    struct text text = {0};
    cr_assert_eq(table_format(&table, format, &text, &error), LG_OK);
    cr_assert_str_eq(text.bytes, expected);
    text_free(&text);
}

Test(table, text_is_aligned)
{
    assert_shown(TABLE_TEXT, "name    count  note\n"
                             "é,a         7  x|y\n"
                             "longer    1e3\n");
}

Test(table, text_may_leave_columns_out)
{
    table.text_columns = 1;
    assert_shown(TABLE_TEXT, "name\né,a\nlonger\n");
    table.text_columns = 0;
}

Test(table, csv_is_quoted)
{
    assert_shown(TABLE_CSV, "name,count,note\n\"é,a\",7,x|y\nlonger,1e3,\n");
}

Test(table, markdown_is_escaped)
{
    assert_shown(TABLE_MARKDOWN, "| name | count | note |\n|---|---|---|\n"
                                 "| é,a | 7 | x\\|y |\n| longer | 1e3 |  |\n");
}
