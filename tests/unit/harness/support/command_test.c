#include "harness/support/command.h"

#include <criterion/criterion.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 32 };

struct request {
    const char *out;
    struct option_list sets;
    size_t jobs, format, size;
    bool fresh;
};

static enum lg_status read_size(const struct option_row *row, const char *text, void *field,
                                struct lg_error *error)
{
    *(size_t *)field = strlen(text);
    return text[0] != '!' ? LG_OK : lg_fail(error, LG_USAGE, "--%s: not !", row->name);
}

static const char *const formats[] = {"text", "csv", NULL};
static const struct option_row options[] = {
    {"out", "DIR", "where to", OPTION_TEXT, offsetof(struct request, out),
     .environment = "LOSSGRID_TEST_OUT"},
    {"set", "K", "a key", OPTION_LIST, offsetof(struct request, sets), .forms = 1 << 1},
    {"jobs", "N", "how many", OPTION_NUMBER, offsetof(struct request, jobs), .fallback = "3",
     .minimum = 1, .maximum = 9},
    {"format", .meaning = "how", .kind = OPTION_WORD, .offset = offsetof(struct request, format),
     .words = formats, .fallback = "csv"},
    {"size", "TEXT", "its size", OPTION_OWN, offsetof(struct request, size), .read = read_size,
     .once = true},
    {"fresh", .meaning = "again", .kind = OPTION_FLAG, .offset = offsetof(struct request, fresh)},
    {.name = NULL},
};
static const struct operand_row folders[] = {
    {"DIR", "a folder", "a second folder", 2, 3, OFFER_FOLDER, NULL}, {.name = NULL}};
static const struct operand_row kind_and_name[] = {
    {"KIND", "kind", NULL, 1, 1, OFFER_NOTHING, NULL},
    {"NAME", "a name", NULL, 1, 1, OFFER_NOTHING, NULL},
    {.name = NULL}};
static const struct form_row forms[] = {{"loss", "losses"}, {"rule", "rules"}, {NULL, NULL}};
static const struct command plain = {.name = "do", .options = options, .operands = folders};
static const struct command formed = {
    .name = "do", .options = options, .operands = kind_and_name, .forms = forms};
static struct lg_error error;
static struct request request;
static struct operands operands;

/* Read a command line given by words. */
static enum lg_status read_line(const struct command *command, const char *line)
{
    static char copy[256];
    static char *argv[ARGUMENTS];
    int count = 0;
    strcpy(copy, line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[count++] = word;
    argv[count] = NULL;
    option_list_free(&request.sets);
    request = (struct request){.out = NULL};
    return command_read(command, count, argv, &request, &operands, &error);
}

static void assert_refused(const struct command *command, const char *line, const char *message)
{
    cr_assert_eq(read_line(command, line), LG_USAGE, "%s: accepted", line);
    cr_assert_eq(error.code, LG_USAGE);
    cr_assert_not_null(strstr(error.message, message), "%s: found '%s', expected '%s'", line,
                       error.message, message);
}

Test(command, options_of_every_kind_in_all_their_forms)
{
    cr_assert_eq(read_line(&formed, "do --out=a rule --set x --fresh --out b --set=y=z --jobs 7 "
                                    "--format text --size abcd -- --out"),
                 LG_OK, "%s", error.message);
    cr_assert_str_eq(request.out, "b");
    cr_assert_eq(request.sets.count, 2);
    cr_assert_str_eq(request.sets.values[0], "x");
    cr_assert_str_eq(request.sets.values[1], "y=z");
    cr_assert_eq(request.jobs, 7);
    cr_assert_eq(request.format, 0);
    cr_assert_eq(request.size, 4);
    cr_assert(request.fresh);
    cr_assert_eq(operands.count, 2);
    cr_assert_str_eq(operands.list[0], "rule");
    cr_assert_str_eq(operands.list[1], "--out");
    option_list_free(&request.sets);
}

Test(command, what_holds_where_nothing_is_given)
{
    cr_assert_eq(read_line(&plain, "do a b"), LG_OK);
    cr_assert_null(request.out);
    cr_assert_eq(request.jobs, 3);
    cr_assert_eq(request.format, 1);
    cr_assert_not(request.fresh);
    setenv("LOSSGRID_TEST_OUT", "of the environment", 1);
    cr_assert_eq(read_line(&plain, "do a b"), LG_OK);
    cr_assert_str_eq(request.out, "of the environment");
    cr_assert_eq(read_line(&plain, "do a b --out here"), LG_OK);
    cr_assert_str_eq(request.out, "here");
    setenv("LOSSGRID_TEST_OUT", "", 1);
    cr_assert_eq(read_line(&plain, "do a b"), LG_OK);
    cr_assert_null(request.out);
}

Test(command, options_that_are_wrong)
{
    assert_refused(&plain, "do --oyt=3 a b",
                   "unknown option '--oyt'; valid: --out, --set, --jobs, --format, --size, "
                   "--fresh; did you mean '--out'?");
    assert_refused(&plain, "do -q", "unknown option '-q'");
    assert_refused(&plain, "do --out", "option '--out' needs a value");
    assert_refused(&plain, "do --out= a b", "--out: the value is empty, expected DIR");
    assert_refused(&plain, "do --fresh=1", "option '--fresh' takes no value");
    assert_refused(&plain, "do --jobs 10",
                   "--jobs: found '10', expected a whole number from 1 to 9");
    assert_refused(&plain, "do --format cvs", "did you mean 'csv'");
    assert_refused(&plain, "do --size !", "--size: not !");
    assert_refused(&plain, "do --size a --size b", "--size is given twice");
}

Test(command, operands_that_are_wrong)
{
    assert_refused(&plain, "do", "a folder is missing");
    assert_refused(&plain, "do a", "a second folder is missing");
    assert_refused(&plain, "do a b c d", "unexpected 'd'");
    assert_refused(&formed, "do", "kind is missing");
    assert_refused(&formed, "do loss", "a name is missing");
    assert_refused(&formed, "do lose x",
                   "unknown kind 'lose'; valid: loss, rule; did you mean 'loss'");
    assert_refused(&formed, "do loss x --set a", "--set is not for 'do loss'");
}

Test(command, numbers)
{
    size_t value = 0;
    cr_assert_eq(command_number("--jobs", "12", 1, 99, &value, &error), LG_OK);
    cr_assert_eq(value, 12);
    static const char *const wrong[] = {"",
                                        "0",
                                        "100",
                                        "-1",
                                        "+1",
                                        " 1",
                                        "1 ",
                                        "1.5",
                                        "1e1",
                                        "0x1",
                                        "x",
                                        "18446744073709551617",
                                        "99999999999999999999999"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
        cr_assert_eq(command_number("--jobs", wrong[i], 1, 99, &value, &error), LG_USAGE, "'%s'",
                     wrong[i]);
    cr_assert_not_null(strstr(error.message, "expected a whole number from 1 to 99"));
    cr_assert_eq(value, 12);
}

Test(command, words)
{
    size_t index = 9;
    cr_assert_eq(command_word("format", "csv", formats, &index, &error), LG_OK);
    cr_assert_eq(index, 1);
    cr_assert_eq(command_word("format", "cvs", formats, &index, &error), LG_USAGE);
    cr_assert_eq(error.code, LG_USAGE);
    cr_assert_not_null(strstr(error.message, "did you mean 'csv'"), "%s", error.message);
}
