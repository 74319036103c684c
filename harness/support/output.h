/* Results on standard output, and lines for people on either output. */
#ifndef HARNESS_SUPPORT_OUTPUT_H
#define HARNESS_SUPPORT_OUTPUT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "harness/support/table.h"
#include "harness/support/text.h"

/* Print a text. LG_ENVIRONMENT when it cannot be written. */
enum lg_status output_text(const struct text *text, struct lg_error *error);

/* Print a text for people: escaped as shown.h says, but for its line ends. */
enum lg_status output_shown(const struct text *text, struct lg_error *error);

/* Print one line for people, escaped as shown.h says, including line ends within it. */
void output_line(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
void output_line_v(FILE *file, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Write the terminal's current line on standard error again, escaped, and cut to its width
 * so that it stays one line. */
void output_overwrite(bool colour, const char *format, ...) __attribute__((format(printf, 2, 3)));
void output_overwrite_v(bool colour, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Print a table. */
enum lg_status output_table(const struct table *table, enum table_format format,
                            struct lg_error *error);

/* Flush the buffer; LG_ENVIRONMENT if some of it could not be written. */
enum lg_status output_flush(struct lg_error *error);

#endif
