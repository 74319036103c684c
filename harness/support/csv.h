/* CSV as of RFC 4180, with one difference: lines are written with a line feed alone. Both
 * line ends are read. Y. Shafranovich, RFC 4180, 2005. */
#ifndef HARNESS_SUPPORT_CSV_H
#define HARNESS_SUPPORT_CSV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/support/text.h"
#include "lossgrid/status.h"

enum { CSV_REAL_MAX = 32, CSV_WRONG_MAX = 192 };

/* Rows being written. Start from {0}; the text is the caller's to free. */
struct csv {
    struct text text;
    bool in_row;
    char wrong[CSV_WRONG_MAX]; /* the first row that is not of its columns; else empty */
};

/* LG_ENVIRONMENT when memory was short; LG_FAILED for a row that is not of its columns
 * (csv_file.h), which is a fault of this program. */
enum lg_status csv_check(const struct csv *csv, struct lg_error *error);

/* The shortest of %.15g, %.16g and %.17g that reads back as the same bits;
 * "nan", "inf" and "-inf" for what is no number. */
void csv_format_real(double value, char text[CSV_REAL_MAX]);

/* True if they are the same bits: 0 and -0 are not, and a NaN may be. */
bool csv_same_bits(double a, double b);

/* Append one field, quoted where the standard asks for it. */
void csv_text(struct csv *csv, const char *value);
void csv_integer(struct csv *csv, uint64_t value);
void csv_signed(struct csv *csv, int64_t value);
void csv_real(struct csv *csv, double value);
void csv_empty(struct csv *csv);

/* Append the rows of another one, and its error. */
void csv_add(struct csv *csv, const struct csv *rows);

/* End the row. */
void csv_end_row(struct csv *csv);

/* A CSV file in memory: `rows` rows of `columns` fields each; a header, where
 * there is one, is row 0. */
struct csv_table {
    size_t rows, columns;
    char **fields; /* (rows, columns), row-major; owned, as is what they point to */
    char *bytes;
};

/* Parse the file at path; or size bytes of text, `name` names the file in messages.
 * LG_INPUT with line and column for anything that is no CSV, including rows of different
 * lengths, and for an empty file. On success the caller ends *table with csv_free(). */
enum lg_status csv_read(const char *path, struct csv_table *table, struct lg_error *error);
enum lg_status csv_parse(const char *name, const char *text, size_t size, struct csv_table *table,
                         struct lg_error *error);

/* The field at (row, column). Borrowed. */
const char *csv_field(const struct csv_table *table, size_t row, size_t column);

/* The column whose field in row 0 is name, or -1. */
int csv_column(const struct csv_table *table, const char *name);

/* Free. Safe on a zeroed struct. */
void csv_free(struct csv_table *table);

#endif
