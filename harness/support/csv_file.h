/* The columns of a CSV file, each declared once: its name, unit, type, meaning and value in
 * one row of one function. The header, the rows, `lossgrid list columns`, docs/columns.md and
 * schema.json are all made by calling it.
 *
 *     static void sizes(struct csv_columns *to, const void *given)
 *     {
 *         const struct size *row = given;
 *         COLUMN_TEXT("name", "of the thing", row->name);
 *         COLUMN_REAL("height", "m", "from foot to top", row->height);
 *         COLUMN_REAL_IF("weight", "kg", "empty: not weighed", row->is_weighed, row->weight);
 *     }
 *
 *     const struct csv_file sizes_csv = {"sizes.csv", "a row for each thing", sizes};
 *
 * The function is called with NULL for the row when only the columns are asked for: values
 * are then not evaluated. */
#ifndef HARNESS_SUPPORT_CSV_FILE_H
#define HARNESS_SUPPORT_CSV_FILE_H

#include <jansson.h>

#include "harness/support/csv.h"

enum { CSV_COLUMNS_MAX = 192, CSV_COLUMN_NAME_MAX = 64 };

enum csv_type { CSV_TEXT, CSV_INTEGER, CSV_REAL };

/* "text", "integer", "real". */
extern const char *const csv_type_words[];

struct csv_file;

/* The description of a column. Strings but the name are borrowed. */
struct csv_column {
    char name[CSV_COLUMN_NAME_MAX];
    enum csv_type type;
    const char *unit; /* "1": a pure number; "": none */
    const char *meaning;
    bool is_unsigned;
    bool is_optional;         /* the field is empty where there is no value */
    const char *const *words; /* the texts that occur, NULL-terminated; NULL: any */
};

/* The receiver of columns. */
struct csv_columns {
    const struct csv_file *file;
    const void *context; /* the data on which columns of this file depend; NULL: any file's */
    struct csv *csv;     /* the row being written; NULL: the columns are only listed */
    size_t count;
    struct csv_column all[CSV_COLUMNS_MAX];
    size_t at; /* the next one of the row */
};

typedef void csv_columns_of(struct csv_columns *to, const void *row);

/* A CSV file that this program writes. */
struct csv_file {
    const char *name;
    const char *meaning; /* meaning of its rows */
    csv_columns_of *columns;
};

/* The files that a command writes. */
struct csv_folder {
    const char *command;
    const struct csv_file *const *files; /* NULL-terminated */
};

/* In a function of columns, whose parameters are called `to` and `row`; a name may be a
 * buffer of the caller. `words` lists the texts allowed. _IF: empty unless `known`;
 * OPTIONAL: a real that is empty where it is NaN. */
#define COLUMN_TEXT(name, meaning, value)                                                          \
    csv_column_text(to, name, meaning, NULL, row == NULL ? NULL : (value))
#define COLUMN_WORD(name, words, meaning, value)                                                   \
    csv_column_text(to, name, meaning, words, row == NULL ? NULL : (value))
#define COLUMN_INTEGER(name, unit, meaning, value)                                                 \
    csv_column_integer(to, name, unit, meaning, row == NULL ? 0 : (value))
#define COLUMN_INTEGER_IF(name, unit, meaning, known, value)                                       \
    csv_column_integer_if(to, name, unit, meaning, row != NULL && (known),                         \
                          row == NULL ? 0 : (value))
#define COLUMN_SIGNED(name, unit, meaning, value)                                                  \
    csv_column_signed(to, name, unit, meaning, row == NULL ? 0 : (value))
#define COLUMN_REAL(name, unit, meaning, value)                                                    \
    csv_column_real(to, name, unit, meaning, row == NULL ? 0 : (value))
#define COLUMN_REAL_IF(name, unit, meaning, known, value)                                          \
    csv_column_real_if(to, name, unit, meaning, row != NULL && (known), row == NULL ? 0 : (value))

#define COLUMN_OPTIONAL(name, unit, meaning, value)                                                \
    csv_column_optional(to, name, unit, meaning, row == NULL ? 0 : (value))

void csv_column_text(struct csv_columns *to, const char *name, const char *meaning,
                     const char *const *words, const char *value);
void csv_column_integer(struct csv_columns *to, const char *name, const char *unit,
                        const char *meaning, uint64_t value);
void csv_column_integer_if(struct csv_columns *to, const char *name, const char *unit,
                           const char *meaning, bool known, uint64_t value);
void csv_column_signed(struct csv_columns *to, const char *name, const char *unit,
                       const char *meaning, int64_t value);
void csv_column_real(struct csv_columns *to, const char *name, const char *unit,
                     const char *meaning, double value);
void csv_column_real_if(struct csv_columns *to, const char *name, const char *unit,
                        const char *meaning, bool known, double value);

void csv_column_optional(struct csv_columns *to, const char *name, const char *unit,
                         const char *meaning, double value);

/* The columns of a file, in order; *to receives them. */
void csv_file_columns(const struct csv_file *file, const void *context, struct csv_columns *to);

/* Append the header, or a row, which must not be NULL. A row whose values are not those of
 * the columns, in their order, none missing and none too many, is the program's fault:
 * csv_check() reports it, and a text that is none of the column's words. */
void csv_file_header(const struct csv_file *file, const void *context, struct csv *csv);
void csv_file_row(const struct csv_file *file, const void *context, struct csv *csv,
                  const void *row);

#define CSV_SCHEMA_FILE "schema.json"
enum { CSV_SCHEMA_VERSION = 1 };

/* The columns as schema.json has them: a list of objects with name, type, unit, meaning,
 * optional; range ([0, null]) of an integer that is not signed; and, where only some texts
 * occur, values. NULL when memory is short. */
json_t *csv_file_json(const struct csv_file *file, const void *context);

/* Write schema.json into a directory: "schema", the version of its format, and for each CSV file
 * of the folder its columns. One context for all of them. */
enum lg_status csv_folder_schema(const struct csv_folder *folder, const void *context,
                                 const char *directory, struct lg_error *error);

#endif
