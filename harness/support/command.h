/* A subcommand, and the parts of the command line that all share. A command declares its
 * options and operands as rows; the rows give its parsing here, and its usage, help, manual
 * page and shell completion in harness/help/. */
#ifndef HARNESS_SUPPORT_COMMAND_H
#define HARNESS_SUPPORT_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "lossgrid/status.h"

/* The completions that a shell offers for a value. */
enum offer {
    OFFER_NOTHING,
    OFFER_FILE,
    OFFER_SPEC, /* a .yaml file */
    OFFER_FOLDER,
    OFFER_WORDS,    /* those of the row */
    OFFER_NAMES,    /* those of `lossgrid list` with the row's `list` */
    OFFER_KEYS,     /* the keys of a spec */
    OFFER_COMMANDS, /* the names of the subcommands */
};

/* The kind of an option's value, and the type of the field that receives it. */
enum option_kind {
    OPTION_FLAG,   /* bool; takes no value */
    OPTION_TEXT,   /* const char *; never empty */
    OPTION_NUMBER, /* size_t, minimum to maximum */
    OPTION_WORD,   /* size_t, an index into words */
    OPTION_LIST,   /* struct option_list; may be repeated */
    OPTION_OWN,    /* whatever read() fills */
};

struct option_row {
    const char *name;    /* without the dashes; NULL ends a table */
    const char *value;   /* placeholder of its value, such as DIR; NULL: the words, or a flag */
    const char *meaning; /* plain text, one or more sentences */
    enum option_kind kind;
    size_t offset; /* of the receiving field in the command's request */

    const char *fallback;     /* default, read as if given; or NULL */
    const char *absent;       /* the default in words; or NULL */
    const char *environment;  /* variable that is read where it is not given; or NULL */
    size_t minimum, maximum;  /* OPTION_NUMBER */
    const char *const *words; /* OPTION_WORD: NULL-terminated */
    enum lg_status (*read)(const struct option_row *row, const char *text, void *field,
                           struct lg_error *error); /* OPTION_OWN */

    enum offer offer; /* in addition to the words of OPTION_WORD */
    const char *list; /* OFFER_NAMES */
    unsigned forms;   /* bit i: only for the command's form i; 0: for all */
    unsigned needed;  /* bit i: form i needs it; shown in the usage */
    bool once;        /* given twice is an error; else the last one counts */
};

struct option_list {
    const char **values; /* (count); owned, the strings are borrowed from argv */
    size_t count;
};

struct operand_row {
    const char *name;  /* placeholder, such as SPEC; NULL ends a table */
    const char *what;  /* "a spec": what is missing, if it is */
    const char *again; /* what is missing if some were given; NULL: `what` too */
    size_t least, most;
    enum offer offer;
    const char *(*word)(size_t index); /* OFFER_WORDS: each, then NULL */
};

/* One of several shapes of a command, chosen by its first operand. */
struct form_row {
    const char *name; /* NULL ends a table */
    const char *list; /* whose names the second operand is one of */
};

struct command {
    const char *name;
    const char *summary;                /* one line for the overview */
    const char *about;                  /* what it does: paragraphs, separated by empty lines */
    const char *example;                /* command lines, one a line, each with its newline */
    const struct option_row *options;   /* or NULL: none */
    const struct operand_row *operands; /* or NULL: none */
    const struct form_row *forms;       /* or NULL: one */

    /* argv[0] is the name. Results go to stdout, progress and warnings to
     * stderr; an error is returned, and printed by main() alone. */
    enum lg_status (*run)(int argc, char **argv, struct lg_error *error);
};

struct operands {
    char **list; /* (count); borrowed from argv */
    size_t count;
};

/* Read the line into *request, which must be zero where the command sets no value of its
 * own: fallbacks, then environment, then the options given; options may stand anywhere,
 * until "--". LG_USAGE for an option that is unknown (lists the valid ones and the
 * nearest), lacks its value or takes none, is not for this form, has a value that its row
 * does not allow; for operands that are too many or too few. Lists are to be freed by
 * option_list_free(), on failure too. argv is sorted: operands last. */
enum lg_status command_read(const struct command *command, int argc, char **argv, void *request,
                            struct operands *operands, struct lg_error *error);
void option_list_free(struct option_list *list);

/* True if the row is for form i of its command. */
bool option_is_for(const struct option_row *row, size_t form);

/* The whole number in text, minimum to maximum; `option` names it in messages. */
enum lg_status command_number(const char *option, const char *text, size_t minimum, size_t maximum,
                              size_t *value, struct lg_error *error);

/* The index of text among the words (NULL-terminated); LG_USAGE lists them. `kind` names
 * them in messages. */
enum lg_status command_word(const char *kind, const char *text, const char *const *words,
                            size_t *index, struct lg_error *error);

#endif
