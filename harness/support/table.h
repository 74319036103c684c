/* A small table of words, printed for readers or for programs. */
#ifndef HARNESS_SUPPORT_TABLE_H
#define HARNESS_SUPPORT_TABLE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/support/text.h"

enum { TABLE_COLUMNS_MAX = 12 };

enum table_format { TABLE_TEXT, TABLE_CSV, TABLE_MARKDOWN };

/* The words of table_format in its order, NULL-terminated: --format's values. */
extern const char *const table_formats[];

/* Rows of `columns` fields each; row 0 is the header. Start from {.columns = n};
 * end with table_free(). */
struct table {
    size_t columns;
    size_t text_columns; /* of them, how many are shown as text; 0: all */
    size_t rows, capacity;
    char **fields; /* (rows, columns), row-major; owned */
    bool failed;   /* memory ran short */
};

/* Add a row of table->columns strings; they are copied. */
void table_row(struct table *table, const char *const *fields);

/* Append the table to *text. Aligned text has no trailing blanks; in it columns
 * that look like numbers are set to the right. */
enum lg_status table_format(const struct table *table, enum table_format format, struct text *text,
                            struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void table_free(struct table *table);

#endif
