#include "lossgrid/status.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {"abs",       "adagrad",  "adam", "mse",
                                    "smooth_l1", "l1_hinge", "sgd"};
enum { NAME_COUNT = sizeof names / sizeof names[0] };

static const char *nearest(const char *given)
{
    return lg_nearest(given, names, NAME_COUNT);
}

Test(status, fail_fills_the_record)
{
    struct lg_error error;
    memset(&error, 'x', sizeof error);
    cr_assert_eq(lg_fail(&error, LG_ENVIRONMENT, "found %d, expected %s", 3, "four"),
                 LG_ENVIRONMENT);
    cr_assert_eq(error.code, LG_ENVIRONMENT);
    cr_assert_str_eq(error.message, "found 3, expected four");
    cr_assert_str_eq(error.file, "");
    cr_assert_eq(error.line, 0);
    cr_assert_eq(error.column, 0);
}

Test(status, fail_at_keeps_the_place)
{
    struct lg_error error;
    cr_assert_eq(lg_fail_at(&error, LG_INPUT, "a.yaml", 7, 3, "no"), LG_INPUT);
    cr_assert_str_eq(error.file, "a.yaml");
    cr_assert_eq(error.line, 7);
    cr_assert_eq(error.column, 3);
    lg_fail_at(&error, LG_INPUT, NULL, 0, 0, "no");
    cr_assert_str_eq(error.file, "");
}

Test(status, fail_without_a_record_returns_the_code)
{
    cr_assert_eq(lg_fail(NULL, LG_USAGE, "no"), LG_USAGE);
    cr_assert_eq(lg_fail_at(NULL, LG_INPUT, "f", 1, 1, "no"), LG_INPUT);
}

Test(status, fail_can_wrap_the_message_it_replaces)
{
    struct lg_error error;
    lg_fail_at(&error, LG_INPUT, "inner", 1, 2, "inner message");
    lg_fail_at(&error, error.code, error.file, error.line, error.column, "cell 3: %s",
               error.message);
    cr_assert_str_eq(error.message, "cell 3: inner message");
    cr_assert_str_eq(error.file, "inner");
}

Test(status, long_texts_are_cut_not_overrun)
{
    char text[4096];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    struct lg_error error;
    lg_fail_at(&error, LG_INPUT, text, 1, 1, "%s", text);
    cr_assert_eq(strlen(error.file), sizeof error.file - 1);
    cr_assert_eq(strlen(error.message), sizeof error.message - 1);
}

Test(status, exit_codes)
{
    cr_assert_eq(lg_exit_code(LG_OK), 0);
    cr_assert_eq(lg_exit_code(LG_FAILED), 1);
    cr_assert_eq(lg_exit_code(LG_INTERRUPTED), 1);
    cr_assert_eq(lg_exit_code(LG_USAGE), 2);
    cr_assert_eq(lg_exit_code(LG_INPUT), 2);
    cr_assert_eq(lg_exit_code(LG_ENVIRONMENT), 3);
}

Test(status, nearest_counts_each_kind_of_edit_as_one)
{
    cr_assert_str_eq(nearest("adma"), "adam");  /* swap: two replacements otherwise */
    cr_assert_str_eq(nearest("ada"), "adam");   /* left out */
    cr_assert_str_eq(nearest("adaam"), "adam"); /* one too many */
    cr_assert_str_eq(nearest("nse"), "mse");    /* replaced */
    cr_assert_str_eq(nearest("smoothl1"), "smooth_l1");
    cr_assert_str_eq(nearest("MSE"), "mse"); /* case is no edit */
}

Test(status, a_swap_is_one_edit_and_so_nearer_than_two)
{
    static const char *const pair[] = {"dcxa", "abcd"}; /* abdc: 3 edits away, and 1 */
    cr_assert_str_eq(lg_nearest("abdc", pair, 2), "abcd");
    /* One swap (distance 1) must win over two replacements (distance 2), and a
     * plain Levenshtein distance would call it a tie and take the first. */
    static const char *const tie[] = {"abxy", "abdc"};
    cr_assert_str_eq(lg_nearest("abcd", tie, 2), "abdc");
}

Test(status, nearest_is_null_when_none_is_near)
{
    cr_assert_null(nearest("rectifier"));
    cr_assert_null(nearest(""));
    static const char *const two[] = {"lr"};
    cr_assert_null(lg_nearest("xy", two, 1), "no letter in common");
    cr_assert_null(lg_nearest("lr", NULL, 0));
    /* The limit is a third of the length, here 3 of 9. */
    cr_assert_str_eq(nearest("smo_l1"), "smooth_l1");
    cr_assert_null(nearest("s_l1"));
}

Test(status, nearest_bears_any_length)
{
    char text[2000];
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    cr_assert_null(nearest(text));
    const char *const long_names[] = {text, "adam"};
    cr_assert_str_eq(lg_nearest("adam", long_names, 2), "adam");
}

Test(status, unknown_lists_the_valid_names_and_the_nearest)
{
    struct lg_error error;
    static const char *const three[] = {"abs", "mse", "smooth_l1"};
    cr_assert_eq(lg_fail_unknown(&error, "x.yaml", 4, 9, "loss", "mes", three, 3), LG_INPUT);
    cr_assert_str_eq(error.message,
                     "unknown loss 'mes'; valid: abs, mse, smooth_l1; did you mean 'mse'?");
    cr_assert_str_eq(error.file, "x.yaml");
    cr_assert_eq(error.line, 4);
    cr_assert_eq(error.column, 9);
    lg_fail_unknown(&error, NULL, 0, 0, "loss", "nothing_like_it", three, 3);
    cr_assert_str_eq(error.message, "unknown loss 'nothing_like_it'; valid: abs, mse, smooth_l1");
}

Test(status, unknown_keeps_its_advice_when_the_list_is_too_long)
{
    enum { COUNT = 100 };
    char text[COUNT][32];
    const char *many[COUNT];
    for (int i = 0; i < COUNT; i++) {
        snprintf(text[i], sizeof text[i], "a_rather_long_name_%02d", i);
        many[i] = text[i];
    }
    struct lg_error error;
    lg_fail_unknown(&error, NULL, 0, 0, "loss", "a_rather_long_nam_99", many, COUNT);
    cr_assert(strstr(error.message, ", ...; did you mean 'a_rather_long_name_99'?") != NULL, "%s",
              error.message);
}
