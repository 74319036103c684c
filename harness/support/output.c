#include "harness/support/output.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/support/shown.h"

enum lg_status output_flush(struct lg_error *error)
{
    if (fflush(stdout) != 0 || ferror(stdout))
        return lg_fail(error, LG_ENVIRONMENT, "cannot write to standard output: %s",
                       errno != 0 ? strerror(errno) : "an earlier write failed");
    return LG_OK;
}

enum lg_status output_text(const struct text *text, struct lg_error *error)
{
    fwrite(text->bytes != NULL ? text->bytes : "", 1, text->size, stdout);
    return output_flush(error);
}

enum lg_status output_shown(const struct text *text, struct lg_error *error)
{
    struct text shown = {0};
    const char *line = text->bytes != NULL ? text->bytes : "", *end = line + text->size;
    while (line < end) {
        const char *feed = memchr(line, '\n', (size_t)(end - line));
        shown_add(&shown, line, (size_t)((feed != NULL ? feed : end) - line));
        text_add(&shown, "\n", feed != NULL ? 1 : 0);
        line = feed != NULL ? feed + 1 : end;
    }
    enum lg_status status = text_check(&shown, error);
    if (status == LG_OK)
        status = output_text(&shown, error);
    text_free(&shown);
    return status;
}

void output_line_v(FILE *file, const char *format, va_list arguments)
{
    char *line = NULL;
    const int size = vasprintf(&line, format, arguments);
    if (size < 0)
        return;
    struct text shown = {0};
    shown_add(&shown, line, (size_t)size);
    fprintf(file, "%s\n", shown.bytes != NULL ? shown.bytes : "");
    text_free(&shown);
    free(line);
}

void output_line(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    output_line_v(file, format, arguments);
    va_end(arguments);
}

/* Columns of the terminal. */
static size_t terminal_width(void)
{
    enum { UNKNOWN = 80 };
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return UNKNOWN;
}

void output_overwrite_v(bool colour, const char *format, va_list arguments)
{
    char *line = NULL;
    const int size = vasprintf(&line, format, arguments);
    if (size < 0)
        return;
    struct text shown = {0}, cut = {0};
    shown_add(&shown, line, (size_t)size);
    shown_add_cut(&cut, shown.bytes != NULL ? shown.bytes : "", terminal_width() - 1);
    fprintf(stderr, "\r\033[K%s%s%s", colour ? "\033[36m" : "", cut.bytes != NULL ? cut.bytes : "",
            colour ? "\033[0m" : "");
    text_free(&cut);
    text_free(&shown);
    free(line);
}

void output_overwrite(bool colour, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    output_overwrite_v(colour, format, arguments);
    va_end(arguments);
}

enum lg_status output_table(const struct table *table, enum table_format format,
                            struct lg_error *error)
{
    struct text text = {0};
    enum lg_status status = table_format(table, format, &text, error);
    if (status == LG_OK)
        status = output_text(&text, error);
    text_free(&text);
    return status;
}
