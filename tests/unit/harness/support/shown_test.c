#include "harness/support/shown.h"

#include <criterion/criterion.h>
#include <string.h>

static void expect_shown(const char *bytes, size_t size, const char *expected)
{
    struct text text = {0};
    shown_add(&text, bytes, size);
    cr_expect_str_eq(text.bytes != NULL ? text.bytes : "", expected);
    text_free(&text);
}

Test(shown, what_a_terminal_obeys_is_escaped_and_nothing_else)
{
    static const struct {
        const char *text, *expected;
    } cases[] = {
        {"", ""},
        {"plain, 'quoted' \\n $x$ {a}", "plain, 'quoted' \\n $x$ {a}"},
        {"ünïcode 日本語 שלום 😀", "ünïcode 日本語 שלום 😀"},
        {"a\nb\r\tc", "a\\nb\\r\\tc"},
        {"\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"},
        {"\x7f\x08", "\\x7f\\x08"},
        {"c1 \xC2\x9b"
         "31m",
         "c1 \\u009b31m"}, /* CSI as one character */
        {"\xE2\x80\xAE"
         "abc",
         "\\u202eabc"},                                   /* right-to-left override */
        {"\xE2\x81\xA6x\xE2\x81\xA9", "\\u2066x\\u2069"}, /* isolates */
        {"a\xE2\x80\xA8"
         "b",
         "a\\u2028b"}, /* line separator */
        {"\xEF\xBB\xBF"
         "1",
         "\\ufeff1"},                        /* byte order mark */
        {"\xF3\xA0\x81\x81", "\\U000e0041"}, /* a tag, invisible */
        {"\xFF\xC3(", "\\xff\\xc3("},        /* no UTF-8 */
        {"\xC0\x8A", "\\xc0\\x8a"},          /* overlong line feed */
        {"\xED\xA0\x80", "\\xed\\xa0\\x80"}, /* surrogate */
        {"\xE2\x82", "\\xe2\\x82"},          /* cut short */
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect_shown(cases[i].text, strlen(cases[i].text), cases[i].expected);
    expect_shown("a\0b", 3, "a\\x00b");
}

Test(shown, columns_are_those_of_a_terminal)
{
    cr_expect_eq(shown_width("abc"), 3);
    cr_expect_eq(shown_width("äöü"), 3);
    cr_expect_eq(shown_width("日本語"), 6);
    cr_expect_eq(shown_width("e\xCC\x81"), 1, "a combining mark takes no room");
}

Test(shown, a_cut_keeps_the_width_and_whole_characters)
{
    static const struct {
        const char *text;
        size_t columns;
        const char *expected;
    } cases[] = {
        {"abcdef", 6, "abcdef"},
        {"abcdefg", 6, "abc..."},
        {"日本語", 6, "日本語"},
        {"日本語x", 6, "日..."},
        {"日本語", 5, "日..."},
        {"abcdef", 2, ".."},
        {"", 0, ""},
        {"a", 0, ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct text text = {0};
        shown_add_cut(&text, cases[i].text, cases[i].columns);
        cr_expect_str_eq(text.bytes != NULL ? text.bytes : "", cases[i].expected, "%s in %zu",
                         cases[i].text, cases[i].columns);
        text_free(&text);
    }
}

Test(shown, a_buffer_holds_what_it_can)
{
    char buffer[6];
    cr_expect_str_eq(shown_print("a\nb", buffer, sizeof buffer), "a\\nb");
    cr_expect_str_eq(shown_print("abcdéf", buffer, sizeof buffer), "abcd");
    cr_expect_str_eq(shown_print("", buffer, sizeof buffer), "");
}
