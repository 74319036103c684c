#include "lossgrid/status.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static enum lg_status fill(struct lg_error *error, enum lg_status code, const char *file, int line,
                           int column, const char *format, va_list arguments)
{
    if (error == NULL)
        return code;
    /* By way of a copy, since a caller may wrap an earlier message: the
     * arguments may point into *error. */
    struct lg_error filled = {.code = code, .line = line, .column = column};
    snprintf(filled.file, sizeof filled.file, "%s", file != NULL ? file : "");
    vsnprintf(filled.message, sizeof filled.message, format, arguments);
    *error = filled;
    return code;
}

enum lg_status lg_fail(struct lg_error *error, enum lg_status code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, NULL, 0, 0, format, arguments);
    va_end(arguments);
    return code;
}

enum lg_status lg_fail_at(struct lg_error *error, enum lg_status code, const char *file, int line,
                          int column, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fill(error, code, file, line, column, format, arguments);
    va_end(arguments);
    return code;
}

int lg_exit_code(enum lg_status code)
{
    switch (code) {
    case LG_OK:
        return 0;
    case LG_FAILED:
    case LG_INTERRUPTED:
        return 1;
    case LG_USAGE:
    case LG_INPUT:
        return 2;
    case LG_ENVIRONMENT:
        return 3;
    }
    return 1;
}

enum { NAME_MAX_COMPARED = 64 }; /* a longer name is never the nearest */

static int least(int a, int b)
{
    return a < b ? a : b;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

/* Edits that turn a into b: insert, delete, replace, swap neighbours; no part is
 * edited twice (the optimal string alignment of F. J. Damerau, CACM 7(3), 1964,
 * doi:10.1145/363958.363994). b is at most NAME_MAX_COMPARED long. */
static int edit_distance(const char *a, const char *b)
{
    int length_a = (int)strlen(a), length_b = (int)strlen(b);
    int rows[3][NAME_MAX_COMPARED + 1]; /* of the table's rows i - 2, i - 1 and i */
    for (int j = 0; j <= length_b; j++)
        rows[0][j] = j;
    for (int i = 1; i <= length_a; i++) {
        int *row = rows[i % 3];
        const int *above = rows[(i + 2) % 3], *two_above = rows[(i + 1) % 3];
        row[0] = i;
        for (int j = 1; j <= length_b; j++) {
            int replaced = above[j - 1] + !same_letter(a[i - 1], b[j - 1]);
            row[j] = least(replaced, least(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]))
                row[j] = least(row[j], two_above[j - 2] + 1);
        }
    }
    return rows[length_a % 3][length_b];
}

const char *lg_nearest(const char *given, const char *const *names, int count)
{
    const char *nearest = NULL;
    int smallest = 0;
    for (int i = 0; i < count; i++) {
        int length = (int)strlen(names[i]);
        if (length > NAME_MAX_COMPARED)
            continue;
        int distance = edit_distance(given, names[i]);
        int limit = length / 3 > 2 ? length / 3 : 2;
        /* A distance of the whole length means that no letter is shared. */
        if (distance > limit || distance >= length)
            continue;
        if (nearest == NULL || distance < smallest) {
            nearest = names[i];
            smallest = distance;
        }
    }
    return nearest;
}

/* "a, b, c" into text; a list too long for size ends in "...". */
static void join(char *text, size_t size, const char *const *names, int count)
{
    static const char more[] = ", ...";
    size_t used = 0;
    text[0] = '\0';
    for (int i = 0; i < count; i++) {
        const char *comma = i > 0 ? ", " : "";
        size_t needed = strlen(comma) + strlen(names[i]);
        size_t reserve = i + 1 < count ? sizeof more : 1;
        if (used + needed + reserve > size) {
            snprintf(text + used, size - used, "%s", more);
            return;
        }
        used += (size_t)snprintf(text + used, size - used, "%s%s", comma, names[i]);
    }
}

enum lg_status lg_fail_unknown(struct lg_error *error, const char *file, int line, int column,
                               const char *kind, const char *given, const char *const *names,
                               int count)
{
    char valid[768]; /* leaves room in the message for the sentence around it */
    join(valid, sizeof valid, names, count);
    const char *nearest = lg_nearest(given, names, count);
    if (nearest == NULL)
        return lg_fail_at(error, LG_INPUT, file, line, column, "unknown %s '%.64s'; valid: %s",
                          kind, given, valid);
    return lg_fail_at(error, LG_INPUT, file, line, column,
                      "unknown %s '%.64s'; valid: %s; did you mean '%s'?", kind, given, valid,
                      nearest);
}
