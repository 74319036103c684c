#include "harness/support/encoding.h"

#include <criterion/criterion.h>

#define CHECK(bytes) check(bytes, sizeof(bytes) - 1)

/* The bytes of the mark, or -1 when the text is refused. */
static int check(const char *bytes, size_t size)
{
    size_t mark = 0;
    struct lg_error error = {0};
    if (encoding_check("a.csv", bytes, size, &mark, &error) == LG_OK)
        return (int)mark;
    cr_expect_eq(error.code, LG_INPUT);
    cr_expect_str_eq(error.file, "a.csv");
    cr_expect_str_eq(
        error.message,
        "found UTF-16 or UTF-32, expected UTF-8: save it so, or convert it with iconv");
    return -1;
}

Test(encoding, a_mark_of_utf8_is_no_content)
{
    cr_expect_eq(CHECK(""), 0);
    cr_expect_eq(CHECK("1"), 0);
    cr_expect_eq(CHECK("1,2\n"), 0);
    cr_expect_eq(CHECK("\xEF\xBB"), 0);
    cr_expect_eq(CHECK("\xEF\xBB\xBF"), 3);
    cr_expect_eq(CHECK("\xEF\xBB\xBF"
                       "1,2\n"),
                 3);
    cr_expect_eq(CHECK("1,\0,2"), 0, "a zero byte alone is the reader's to refuse");
}

Test(encoding, wide_text_is_refused)
{
    cr_expect_eq(CHECK("\xFF\xFE"
                       "1\0"),
                 -1);
    cr_expect_eq(CHECK("\xFE\xFF\0"
                       "1"),
                 -1);
    cr_expect_eq(CHECK("1\0,\0"
                       "2\0"),
                 -1);
    cr_expect_eq(CHECK("\0"
                       "1\0,\0"
                       "2"),
                 -1);
    cr_expect_eq(CHECK("\xFF\xFE\0\0"
                       "1\0\0\0"),
                 -1);
    cr_expect_eq(CHECK("\0\0\xFE\xFF\0\0\0"
                       "1"),
                 -1);
}
