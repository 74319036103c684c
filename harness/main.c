/* lossgrid: the table of subcommands, and the one place that prints errors. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/calibrate/calibrate_command.h"
#include "harness/compare/compare_command.h"
#include "harness/env/env_command.h"
#include "harness/eval/eval_command.h"
#include "harness/gradcheck/gradcheck_command.h"
#include "harness/help/help.h"
#include "harness/list/list_command.h"
#include "harness/merge/merge_command.h"
#include "harness/report/report_command.h"
#include "harness/run/run_command.h"
#include "harness/status/status_command.h"
#include "harness/support/command.h"
#include "harness/support/interrupt.h"
#include "harness/support/output.h"
#include "harness/support/version.h"
#include "harness/timing/time_command.h"
#include "harness/verify/verify_command.h"

static enum lg_status help(int argc, char **argv, struct lg_error *error);
static enum lg_status version(int argc, char **argv, struct lg_error *error);

enum { HELP_TEXT, HELP_MAN, HELP_BASH, HELP_ZSH };
static const char *const help_formats[] = {"text", "man", "bash", "zsh", NULL};
struct help_request {
    size_t format; /* an index of help_formats */
};
static const struct option_row help_options[] = {
    {"format",
     .meaning = "man: a manual page of all commands; bash, zsh: completion for that shell",
     .kind = OPTION_WORD, .words = help_formats, .fallback = "text",
     .offset = offsetof(struct help_request, format)},
    {.name = NULL},
};
static const struct operand_row help_operands[] = {
    {"COMMAND", "a command", NULL, 0, 1, OFFER_COMMANDS, NULL},
    {.name = NULL},
};

static const struct command help_entry = {
    .name = "help",
    .summary = "this overview, or the help of a command",
    .about = "Without a command, the overview. `make install` puts the manual page and the "
             "completions where man and the shells look for them.",
    .example = "lossgrid help run\nlossgrid help --format=bash >~/.lossgrid-completion\n",
    .options = help_options,
    .operands = help_operands,
    .run = help,
};

static const struct command version_entry = {
    .name = "version",
    .summary = "which version this is and how it was built",
    .about = "Prints the release or commit, the compiler and its flags.",
    .example = "lossgrid version\n",
    .run = version,
};

static const struct command *const commands[] = {
    &run_command,       &status_command,    &merge_command,  &time_command,    &list_command,
    &eval_command,      &gradcheck_command, &verify_command, &compare_command, &report_command,
    &calibrate_command, &env_command,       &help_entry,     &version_entry,
};
enum { COMMANDS = sizeof commands / sizeof commands[0] };

static enum lg_status find_command(const char *name, const struct command **command,
                                   struct lg_error *error)
{
    const char *names[COMMANDS + 1] = {NULL};
    size_t index = 0;
    for (size_t i = 0; i < COMMANDS; i++)
        names[i] = commands[i]->name;
    enum lg_status status = command_word("command", name, names, &index, error);
    *command = commands[index];
    return status;
}

static struct program whole_program(void)
{
    return (struct program){commands, COMMANDS, version_text()};
}

/* Print what was made, as it is, and forget it. */
static enum lg_status print(struct text *text, struct lg_error *error)
{
    enum lg_status status = text_check(text, error);
    if (status == LG_OK)
        status = output_text(text, error);
    text_free(text);
    return status;
}

static enum lg_status print_help(const struct command *command, struct lg_error *error)
{
    struct text text = {0};
    help_command(command, &text);
    return print(&text, error);
}

static enum lg_status help(int argc, char **argv, struct lg_error *error)
{
    static void (*const makers[])(const struct program *,
                                  struct text *) = {[HELP_TEXT] = help_overview,
                                                    [HELP_MAN] = help_man,
                                                    [HELP_BASH] = help_bash,
                                                    [HELP_ZSH] = help_zsh};
    const struct program program = whole_program();
    const struct command *command = NULL;
    struct help_request request = {HELP_TEXT};
    struct operands operands;
    struct text text = {0};
    enum lg_status status = command_read(&help_entry, argc, argv, &request, &operands, error);
    if (status != LG_OK)
        return status;
    if (operands.count > 0 && request.format != HELP_TEXT)
        return lg_fail(error, LG_USAGE, "--format %s is of all commands, not of '%.64s'",
                       help_formats[request.format], operands.list[0]);
    if (operands.count > 0) {
        status = find_command(operands.list[0], &command, error);
        return status == LG_OK ? print_help(command, error) : status;
    }
    makers[request.format](&program, &text);
    return print(&text, error);
}

static enum lg_status version(int argc, char **argv, struct lg_error *error)
{
    struct operands operands;
    enum lg_status status = command_read(&version_entry, argc, argv, NULL, &operands, error);
    if (status == LG_OK)
        printf("lossgrid %s\n%s, %s: %s\n", version_text(), version_compiler(), version_variant(),
               version_flags());
    return status;
}

/* True if the command line asks for help before "--". */
static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
            return true;
    return false;
}

static enum lg_status run(int argc, char **argv, struct lg_error *error)
{
    const struct command *command = NULL;
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0)
        name = "help";
    else if (strcmp(name, "--version") == 0)
        name = "version";
    enum lg_status status = find_command(name, &command, error);
    if (status == LG_OK && asks_for_help(argc - 1, argv + 1))
        status = print_help(command, error);
    else if (status == LG_OK)
        status = command->run(argc - 1, argv + 1, error);
    return status == LG_OK ? output_flush(error) : status;
}

/* "lossgrid: file:line:column: message", leaving out what is not known. */
static void print_error(const struct lg_error *error)
{
    char place[32] = "";
    if (error->line > 0 && error->column > 0)
        snprintf(place, sizeof place, ":%d:%d", error->line, error->column);
    else if (error->line > 0)
        snprintf(place, sizeof place, ":%d", error->line);
    if (error->file[0] != '\0')
        output_line(stderr, "lossgrid: %s%s: %s", error->file, place, error->message);
    else
        output_line(stderr, "lossgrid: %s", error->message);
}

/* After a signal 128 + its number, as a shell reports a program that it ended. */
static int exit_code(enum lg_status status)
{
    return status == LG_INTERRUPTED ? 128 + interrupt_signal() : lg_exit_code(status);
}

int main(int argc, char **argv)
{
    struct lg_error error = {0};
    if (argc < 2) {
        struct text text = {0};
        const struct program program = whole_program();
        help_overview(&program, &text);
        fputs(text.bytes != NULL ? text.bytes : "", stderr);
        text_free(&text);
        return lg_exit_code(LG_USAGE);
    }
    enum lg_status status = run(argc, argv, &error);
    if (status != LG_OK)
        print_error(&error);
    return exit_code(status);
}
