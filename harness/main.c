/* lossgrid: the table of subcommands, and the one place that prints errors. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "harness/calibrate/calibrate_command.h"
#include "harness/compare/compare_command.h"
#include "harness/env/env_command.h"
#include "harness/eval/eval_command.h"
#include "harness/gradcheck/gradcheck_command.h"
#include "harness/list/list_command.h"
#include "harness/report/report_command.h"
#include "harness/run/run_command.h"
#include "harness/support/command.h"
#include "harness/support/interrupt.h"
#include "harness/support/output.h"
#include "harness/support/version.h"
#include "harness/timing/time_command.h"
#include "harness/verify/verify_command.h"

static enum lg_status help(int argc, char **argv, struct lg_error *error);
static enum lg_status version(int argc, char **argv, struct lg_error *error);

static const struct command help_command = {
    .name = "help",
    .synopsis = "[COMMAND]",
    .summary = "this overview, or the help of a command",
    .help = "Example:\n"
            "  lossgrid help run\n",
    .run = help,
};

static const struct command version_command = {
    .name = "version",
    .synopsis = "",
    .summary = "which version this is and how it was built",
    .help = "Example:\n"
            "  lossgrid version\n",
    .run = version,
};

static const struct command *const commands[] = {
    &run_command,       &time_command,   &list_command,    &eval_command,
    &gradcheck_command, &verify_command, &compare_command, &report_command,
    &calibrate_command, &env_command,    &help_command,    &version_command,
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

static void print_overview(FILE *file)
{
    fputs("lossgrid trains grids of losses and optimizers, to the same bits on every machine.\n\n"
          "Usage: lossgrid COMMAND [ARGUMENTS]\n\n",
          file);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(file, "  %-9s  %s\n", commands[i]->name, commands[i]->summary);
    fputs("\n`lossgrid help COMMAND` tells more.\n\n"
          "Exit codes: 0 done; 1 the run or the check failed; 2 wrong command line, or wrong\n"
          "content of a file; 3 the environment lacks something: a file, memory, disk, rights;\n"
          "128 + N stopped by signal N (Ctrl-C: 130). A cell that diverges is a result: 0.\n\n"
          "Example:\n"
          "  lossgrid run experiments/article-losses.yaml\n",
          file);
}

static void print_help(const struct command *command)
{
    printf("lossgrid %s: %s\n\nUsage: lossgrid %s %s\n\n%s", command->name, command->summary,
           command->name, command->synopsis, command->help);
}

static enum lg_status help(int argc, char **argv, struct lg_error *error)
{
    const struct command *command = NULL;
    if (argc > 2)
        return lg_fail(error, LG_USAGE, "unexpected '%.200s'; see 'lossgrid help help'", argv[2]);
    if (argc < 2) {
        print_overview(stdout);
        return LG_OK;
    }
    enum lg_status status = find_command(argv[1], &command, error);
    if (status == LG_OK)
        print_help(command);
    return status;
}

static enum lg_status version(int argc, char **argv, struct lg_error *error)
{
    if (argc > 1)
        return lg_fail(error, LG_USAGE, "unexpected '%.200s'; see 'lossgrid help version'",
                       argv[1]);
    printf("lossgrid %s\n%s, %s: %s\n", version_text(), version_compiler(), version_variant(),
           version_flags());
    return LG_OK;
}

/* Whether the command line asks for help before "--". */
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
        print_help(command);
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
        print_overview(stderr);
        return lg_exit_code(LG_USAGE);
    }
    enum lg_status status = run(argc, argv, &error);
    if (status != LG_OK)
        print_error(&error);
    return exit_code(status);
}
