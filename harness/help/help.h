/* The program's texts about itself, made of the rows of its commands: helps, the manual
 * page, completion for shells. */
#ifndef HARNESS_HELP_HELP_H
#define HARNESS_HELP_HELP_H

#include "harness/support/command.h"
#include "harness/support/text.h"

struct program {
    const struct command *const *commands; /* (count), in the order of the overview */
    size_t count;
    const char *version;
};

/* The purpose, exit codes and an example, in words; used by overview and manual. */
extern const char help_purpose[], help_exit_codes[], help_example[];

/* The overview of all commands. */
void help_overview(const struct program *program, struct text *text);

/* The help of one: what it does, its usage, options and an example. */
void help_command(const struct command *command, struct text *text);

/* The usage of form i (0 where there is one): words in order, each ending in a NUL, the
 * last followed by another; no line may break within one. */
void help_usage(const struct command *command, size_t form, struct text *text);

/* "DIR", "text|csv"; "" for a flag. Kept in `text`, whose bytes are returned. */
const char *help_value(const struct option_row *row, struct text *text);

/* The meaning, with the default. */
void help_meaning(const struct option_row *row, struct text *text);

/* A manual page in man(7), a completion for bash, one for zsh. */
void help_man(const struct program *program, struct text *text);
void help_bash(const struct program *program, struct text *text);
void help_zsh(const struct program *program, struct text *text);

#endif
