/* Named options of losses, optimizers and activations: one table row each. */
#ifndef LOSSGRID_OPTION_H
#define LOSSGRID_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "lossgrid/precision.h"

enum { LG_OPTIONS_MAX = 16, LG_LIST_MAX = 64 };

enum lg_option_kind {
    LG_OPTION_REAL,    /* a finite number */
    LG_OPTION_INTEGER, /* a whole number */
    LG_OPTION_FLAG,    /* true or false, stored as 1 or 0 */
    LG_OPTION_CHOICE,  /* one word of `choices`, stored as its index */
    LG_OPTION_LIST,    /* numbers, each within the range; the default is the empty list */
};

/* One option. Values are doubles whatever the kind. */
struct lg_option {
    const char *name;
    enum lg_option_kind kind;
    double default_value;
    double minimum, maximum;    /* inclusive */
    int above_minimum;          /* 1: the minimum itself is excluded */
    const char *const *choices; /* LG_OPTION_CHOICE: words, NULL-terminated */
    const char *meaning;        /* one line, with units */
    bool is_double;             /* stays a double whatever the precision: lg_option_gap() */
    bool beside_root; /* is added to the root of a square: one that underflows must not count */
};

/* Two neighbours among the numbers that a precision can hold as an option's value. */
struct lg_gap {
    double below, above; /* above infinity: there is no larger one */
};

/* Option values in the order of the table they belong to. The numbers of all lists
 * share `list`; a list's own value says which are its (lg_options_list()). */
struct lg_options {
    double value[LG_OPTIONS_MAX];
    double list[LG_LIST_MAX];
};

/* The description of a registry entry. All strings are static. */
struct lg_info {
    const char *name;    /* the file's name without .c */
    const char *summary; /* one line */
    const char *formula; /* plain text, LaTeX-free */
    const char *source;  /* author, year, equation, DOI or arXiv id */
    const struct lg_option *options;
    size_t option_count;
};

/* The words of a loss's `reduction`: mean, sum. */
extern const char *const lg_reductions[];

/* The defaults of info's options. */
struct lg_options lg_options_default(const struct lg_info *info);

/* The numbers of list option i; *count receives how many. */
const double *lg_options_list(const struct lg_options *options, size_t i, size_t *count);

/* Give list option i of info, which must be empty, `count` numbers. Returns false when
 * there is no room for them next to the other lists. */
bool lg_options_set_list(const struct lg_info *info, struct lg_options *options, size_t i,
                         const double *numbers, size_t count);

/* True if rounding to the precision changes what a number within the option's range means:
 * makes it 0, subnormal or infinite, or 1 where 1 is an end of the range (a decay that
 * never decays). Added to the root of a square, it is too small below the root of the least
 * normal number: the squares of gradients of that size underflow. *gap receives what the
 * precision holds next to the number. Options that stay doubles are judged as f64's; those
 * that are no numbers have no gaps. */
bool lg_option_gap(const struct lg_option *option, enum lg_precision precision, double number,
                   struct lg_gap *gap);

/* Index of the option called name, or -1. */
int lg_option_find(const struct lg_info *info, const char *name);

#endif
