/* Status codes and the error record that every fallible function fills. */
#ifndef LOSSGRID_STATUS_H
#define LOSSGRID_STATUS_H

/* The result of a call. The comment is the process's exit code for it. */
enum lg_status {
    LG_OK = 0,
    LG_FAILED,      /* 1: the run or the check itself failed */
    LG_INTERRUPTED, /* 128 + its number: stopped by a signal; what was finished is kept */
    LG_USAGE,       /* 2: wrong command line */
    LG_INPUT,       /* 2: wrong content in a file the user gave */
    LG_ENVIRONMENT, /* 3: the machine lacks something: a file, memory, disk, rights */
};

/* The place and reason of a failure. Filled by lg_fail(); owned by the caller. file is
 * empty and line, column are 0 where they do not apply. */
struct lg_error {
    enum lg_status code;
    char file[512];
    int line;
    int column;
    char message[1024];
};

/* Fill *error (may be NULL) with a printf-style message; returns code, so that
 * a caller can write `return lg_fail(error, LG_INPUT, "…", …);`. */
enum lg_status lg_fail(struct lg_error *error, enum lg_status code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* As lg_fail(), with the place: file, 1-based line and column (0: unknown). */
enum lg_status lg_fail_at(struct lg_error *error, enum lg_status code, const char *file, int line,
                          int column, const char *format, ...)
    __attribute__((format(printf, 6, 7)));

/* The process's exit code for a status: 0 to 3; 1 for a signal, which main() knows by number. */
int lg_exit_code(enum lg_status code);

/* The entry of names[0..count) with the smallest edit distance to given, or
 * NULL when none is near (distance above a third of its length, at least 2, or
 * no letter in common). Swapped neighbours count as one edit, a letter's case as
 * none. Borrowed from names. */
const char *lg_nearest(const char *given, const char *const *names, int count);

/* "unknown <kind> '<given>'; valid: a, b, c; did you mean 'b'?" into *error at
 * the place; file may be NULL. Returns LG_INPUT. */
enum lg_status lg_fail_unknown(struct lg_error *error, const char *file, int line, int column,
                               const char *kind, const char *given, const char *const *names,
                               int count);

#endif
