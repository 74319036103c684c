#include "harness/support/command.h"

#include <assert.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OPTIONS_MAX = 32, FORMS_MAX = 8, NAME_MAX_BYTES = 64 };

/* ---- Values ---------------------------------------------------------------- */

/* lg_fail_unknown() answers for files; here it is the command line that is wrong. */
static enum lg_status unknown(struct lg_error *error, const char *kind, const char *given,
                              const char *const *names, int count)
{
    (void)lg_fail_unknown(error, NULL, 0, 0, kind, given, names, count);
    if (error != NULL)
        error->code = LG_USAGE;
    return LG_USAGE;
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

static enum lg_status append(struct option_list *list, const char *text, size_t most,
                             struct lg_error *error)
{
    if (list->values == NULL)
        list->values = calloc(most, sizeof *list->values);
    if (list->values == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    list->values[list->count++] = text;
    return LG_OK;
}

void option_list_free(struct option_list *list)
{
    free(list->values);
    *list = (struct option_list){0};
}

/* `most` is how many values a line can hold. */
static enum lg_status take(const struct option_row *row, const char *text, void *request,
                           size_t most, struct lg_error *error)
{
    void *field = (char *)request + row->offset;
    char name[NAME_MAX_BYTES];
    snprintf(name, sizeof name, "--%s", row->name);
    switch (row->kind) {
    case OPTION_FLAG:
        *(bool *)field = true;
        return LG_OK;
    case OPTION_TEXT:
        if (text[0] == '\0')
            return lg_fail(error, LG_USAGE, "%s: the value is empty, expected %s", name,
                           row->value);
        *(const char **)field = text;
        return LG_OK;
    case OPTION_NUMBER:
        return command_number(name, text, row->minimum, row->maximum, field, error);
    case OPTION_WORD:
        return command_word(row->name, text, row->words, field, error);
    case OPTION_LIST:
        return append(field, text, most, error);
    default:
        return row->read(row, text, field, error);
    }
}

/* Take values from the environment, else the defaults. */
static enum lg_status take_fallbacks(const struct command *command, void *request,
                                     struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (const struct option_row *row = command->options;
         status == LG_OK && row != NULL && row->name != NULL; row++) {
        const char *text = row->environment != NULL ? getenv(row->environment) : NULL;
        if (text == NULL || text[0] == '\0')
            text = row->fallback;
        if (text != NULL)
            status = take(row, text, request, 1, error);
    }
    return status;
}

/* ---- Options --------------------------------------------------------------- */

static enum lg_status unknown_option(const char *given, const struct option *options,
                                     struct lg_error *error)
{
    char names[OPTIONS_MAX][NAME_MAX_BYTES], name[NAME_MAX_BYTES];
    const char *list[OPTIONS_MAX];
    int count = 0;
    for (; options[count].name != NULL; count++) {
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

/* The val of the next option, or -1 after the last; its value is in optarg. */
static enum lg_status next_option(int argc, char **argv, const struct option *options, int *val,
                                  struct lg_error *error)
{
    *val = getopt_long(argc, argv, ":", options, NULL);
    if (*val == ':')
        return lg_fail(error, LG_USAGE, "option '--%s' needs a value", name_of(options, optopt));
    if (*val != '?')
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

/* The rows as getopt_long() wants them; val is the row's number, from 1. */
static void make_options(const struct command *command, struct option options[OPTIONS_MAX])
{
    int count = 0;
    for (const struct option_row *row = command->options; row != NULL && row->name != NULL; row++) {
        assert(count + 1 < OPTIONS_MAX);
        options[count] = (struct option){
            .name = row->name,
            .has_arg = row->kind == OPTION_FLAG ? no_argument : required_argument,
            .val = count + 1,
        };
        count++;
    }
    options[count] = (struct option){0};
}

static enum lg_status read_options(const struct command *command, int argc, char **argv,
                                   void *request, bool given[OPTIONS_MAX], struct lg_error *error)
{
    struct option options[OPTIONS_MAX];
    enum lg_status status = LG_OK;
    make_options(command, options);
    optind = 0; /* GNU: start again, and forget the last command line */
    opterr = 0;
    for (int val = 1; status == LG_OK && val > 0;) {
        status = next_option(argc, argv, options, &val, error);
        if (status != LG_OK || val < 0)
            continue;
        const struct option_row *row = &command->options[val - 1];
        if (given[val - 1] && row->once)
            return lg_fail(error, LG_USAGE, "--%s is given twice: one at a time", row->name);
        given[val - 1] = true;
        status = take(row, optarg, request, (size_t)argc, error);
    }
    return status;
}

/* ---- Operands -------------------------------------------------------------- */

static enum lg_status check_operands(const struct command *command, const struct operands *operands,
                                     struct lg_error *error)
{
    size_t least = 0, most = 0;
    for (const struct operand_row *row = command->operands; row != NULL && row->name != NULL;
         row++) {
        const size_t found = operands->count - (operands->count < most ? operands->count : most);
        least += row->least;
        most = row->most > SIZE_MAX - most ? SIZE_MAX : most + row->most;
        if (operands->count < least)
            return lg_fail(error, LG_USAGE, "%s is missing; see 'lossgrid help %s'",
                           found > 0 && row->again != NULL ? row->again : row->what, command->name);
    }
    if (operands->count > most)
        return lg_fail(error, LG_USAGE, "unexpected '%.200s'; see 'lossgrid help %s'",
                       operands->list[most], command->name);
    return LG_OK;
}

bool option_is_for(const struct option_row *row, size_t form)
{
    return row->forms == 0 || (row->forms >> form & 1) != 0;
}

/* Only options of the form that the first operand names. */
static enum lg_status check_form(const struct command *command, const struct operands *operands,
                                 const bool given[OPTIONS_MAX], struct lg_error *error)
{
    const char *names[FORMS_MAX + 1] = {NULL};
    size_t form = 0;
    if (command->forms == NULL)
        return LG_OK;
    for (size_t i = 0; command->forms[i].name != NULL; i++) {
        assert(i < FORMS_MAX);
        names[i] = command->forms[i].name;
    }
    enum lg_status status =
        command_word(command->operands[0].what, operands->list[0], names, &form, error);
    for (size_t i = 0; status == LG_OK && command->options[i].name != NULL; i++)
        if (given[i] && !option_is_for(&command->options[i], form))
            status = lg_fail(error, LG_USAGE, "--%s is not for '%s %s'; see 'lossgrid help %s'",
                             command->options[i].name, command->name, names[form], command->name);
    return status;
}

enum lg_status command_read(const struct command *command, int argc, char **argv, void *request,
                            struct operands *operands, struct lg_error *error)
{
    bool given[OPTIONS_MAX] = {false};
    *operands = (struct operands){0};
    enum lg_status status = take_fallbacks(command, request, error);
    if (status == LG_OK)
        status = read_options(command, argc, argv, request, given, error);
    if (status != LG_OK)
        return status;
    *operands = (struct operands){.list = argv + optind, .count = (size_t)(argc - optind)};
    status = check_operands(command, operands, error);
    return status == LG_OK ? check_form(command, operands, given, error) : status;
}
