/* What a subcommand is, and the habits of the command line that all share. */
#ifndef HARNESS_SUPPORT_COMMAND_H
#define HARNESS_SUPPORT_COMMAND_H

#include <getopt.h>
#include <stddef.h>

#include "lossgrid/status.h"

struct command {
    const char *name;
    const char *synopsis; /* what follows "lossgrid NAME " */
    const char *summary;  /* one line for the overview */
    const char *help;     /* what it does, its options, an example */

    /* argv[0] is the name. Results go to stdout, progress and warnings to
     * stderr; an error is returned, and printed by main() alone. */
    enum lg_status (*run)(int argc, char **argv, struct lg_error *error);
};

/* Step through the options as getopt_long() does (long ones only, anywhere on the
 * line, until "--"). *option receives the option's val, or -1 after the last one;
 * values are in optarg, and the operands start at optind. Vals are 1 and up. Call
 * with *option 0 to begin. LG_USAGE for an option that is unknown (lists the
 * valid ones and the nearest), lacks its value or takes none. */
enum lg_status command_next_option(int argc, char **argv, const struct option *options, int *option,
                                   struct lg_error *error);

/* The whole number in text, minimum to maximum; `option` names it in messages. */
enum lg_status command_number(const char *option, const char *text, size_t minimum, size_t maximum,
                              size_t *value, struct lg_error *error);

/* The index of text among the words (NULL-terminated); LG_USAGE lists them. `kind`
 * says what they are. */
enum lg_status command_word(const char *kind, const char *text, const char *const *words,
                            size_t *index, struct lg_error *error);

/* LG_USAGE unless at least `least` and at most `most` operands are left. */
enum lg_status command_operands(int argc, char **argv, int least, int most, const char *what,
                                struct lg_error *error);

#endif
