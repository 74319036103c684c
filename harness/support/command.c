#include "harness/support/command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 32, NAME_MAX_BYTES = 64 };

/* lg_fail_unknown() answers for files; here it is the command line that is wrong. */
static enum lg_status unknown(struct lg_error *error, const char *kind, const char *given,
                              const char *const *names, int count)
{
    (void)lg_fail_unknown(error, NULL, 0, 0, kind, given, names, count);
    if (error != NULL)
        error->code = LG_USAGE;
    return LG_USAGE;
}

static enum lg_status unknown_option(const char *given, const struct option *options,
                                     struct lg_error *error)
{
    char names[OPTIONS_MAX][NAME_MAX_BYTES], name[NAME_MAX_BYTES];
    const char *list[OPTIONS_MAX];
    int count = 0;
    for (; options[count].name != NULL && count < OPTIONS_MAX; count++) {
        snprintf(names[count], NAME_MAX_BYTES, "--%s", options[count].name);
        list[count] = names[count];
    }
    snprintf(name, sizeof name, "%.*s", (int)strcspn(given, "="), given);
    return unknown(error, "option", name, list, count);
}

static const char *name_of(const struct option *options, int val)
{
    for (; options->name != NULL; options++)
        if (options->val == val)
            return options->name;
    return "";
}

enum lg_status command_next_option(int argc, char **argv, const struct option *options, int *option,
                                   struct lg_error *error)
{
    if (*option == 0)
        optind = 0; /* GNU: begin anew, and forget the last command line */
    opterr = 0;
    *option = getopt_long(argc, argv, ":", options, NULL);
    if (*option == ':')
        return lg_fail(error, LG_USAGE, "option '--%s' needs a value", name_of(options, optopt));
    if (*option != '?')
        return LG_OK;
    const char *long_name = name_of(options, optopt);
    if (optopt != 0 && long_name[0] != '\0')
        return lg_fail(error, LG_USAGE, "option '--%s' takes no value", long_name);
    if (optopt != 0) {
        char given[] = {'-', (char)optopt, '\0'};
        return unknown_option(given, options, error);
    }
    return unknown_option(argv[optind - 1], options, error);
}

enum lg_status command_number(const char *option, const char *text, size_t minimum, size_t maximum,
                              size_t *value, struct lg_error *error)
{
    size_t digits = strspn(text, "0123456789");
    unsigned long long number = digits > 0 && digits < 19 ? strtoull(text, NULL, 10) : 0;
    if (digits == 0 || digits >= 19 || text[digits] != '\0' || number < minimum || number > maximum)
        return lg_fail(error, LG_USAGE,
                       "%s: found '%.64s', expected a whole number from %zu to %zu", option, text,
                       minimum, maximum);
    *value = (size_t)number;
    return LG_OK;
}

enum lg_status command_word(const char *kind, const char *text, const char *const *words,
                            size_t *index, struct lg_error *error)
{
    int count = 0;
    for (; words[count] != NULL; count++)
        if (strcmp(words[count], text) == 0) {
            *index = (size_t)count;
            return LG_OK;
        }
    return unknown(error, kind, text, words, count);
}

enum lg_status command_operands(int argc, char **argv, int least, int most, const char *what,
                                struct lg_error *error)
{
    int found = argc - optind;
    if (found < least)
        return lg_fail(error, LG_USAGE, "%s is missing; see 'lossgrid help %s'", what, argv[0]);
    if (found > most)
        return lg_fail(error, LG_USAGE, "unexpected '%.200s'; see 'lossgrid help %s'",
                       argv[optind + most], argv[0]);
    return LG_OK;
}
