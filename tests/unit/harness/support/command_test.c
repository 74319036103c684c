#include "harness/support/command.h"

#include <criterion/criterion.h>
#include <string.h>

static const struct option options[] = {
    {"out", required_argument, NULL, 1}, {"fresh", no_argument, NULL, 2}, {NULL, 0, NULL, 0}};
static struct lg_error error;

enum { ARGUMENTS = 16 };

/* Step through a command line given by words; returns how many there are. */
static int words(char **argv, const char *line)
{
    static char copy[256];
    int count = 0;
    strcpy(copy, line);
    for (char *word = strtok(copy, " "); word != NULL; word = strtok(NULL, " "))
        argv[count++] = word;
    argv[count] = NULL;
    return count;
}

static void assert_refused(const char *line, const char *message)
{
    char *argv[ARGUMENTS];
    int argc = words(argv, line), option = 0;
    enum lg_status status = LG_OK;
    while (status == LG_OK && option >= 0)
        status = command_next_option(argc, argv, options, &option, &error);
    cr_assert_eq(status, LG_USAGE, "%s: accepted", line);
    cr_assert_eq(error.code, LG_USAGE);
    cr_assert_not_null(strstr(error.message, message), "%s", error.message);
}

Test(command, options_in_all_their_forms)
{
    char *argv[ARGUMENTS];
    int argc = words(argv, "run spec --out=a --fresh --out b -- --out"), option = 0;
    const int expected[] = {1, 2, 1, -1};
    const char *const values[] = {"a", NULL, "b", NULL};
    for (int i = 0; i < 4; i++) {
        cr_assert_eq(command_next_option(argc, argv, options, &option, &error), LG_OK);
        cr_assert_eq(option, expected[i]);
        if (values[i] != NULL)
            cr_assert_str_eq(optarg, values[i]);
    }
    cr_assert_eq(argc - optind, 2);
    cr_assert_str_eq(argv[optind], "spec");
    cr_assert_str_eq(argv[optind + 1], "--out");
}

Test(command, options_that_are_wrong)
{
    assert_refused("run --oyt=3", "unknown option '--oyt'; valid: --out, --fresh; did you mean "
                                  "'--out'?");
    assert_refused("run -q", "unknown option '-q'");
    assert_refused("run --out", "option '--out' needs a value");
    assert_refused("run --fresh=1", "option '--fresh' takes no value");
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
    static const char *const formats[] = {"text", "csv", NULL};
    size_t index = 9;
    cr_assert_eq(command_word("format", "csv", formats, &index, &error), LG_OK);
    cr_assert_eq(index, 1);
    cr_assert_eq(command_word("format", "cvs", formats, &index, &error), LG_USAGE);
    cr_assert_eq(error.code, LG_USAGE);
    cr_assert_not_null(strstr(error.message, "did you mean 'csv'"), "%s", error.message);
}
