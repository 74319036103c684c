/* Matrices of numbers as `lossgrid eval` reads and prints them: CSV without a header,
 * one row a line. */
#ifndef HARNESS_EVAL_EVAL_MATRIX_H
#define HARNESS_EVAL_EVAL_MATRIX_H

#include <stddef.h>
#include <stdint.h>

#include "harness/support/text.h"
#include "lossgrid/precision.h"
#include "lossgrid/status.h"

/* Start from {0}; end with matrix_free(). Row r is line r + 1 of its file. */
struct matrix {
    const char *name; /* the file's, for messages; borrowed */
    size_t rows, columns;
    double *values;  /* (rows, columns), row-major */
    uint32_t *place; /* (rows, columns): the 1-based column of the line where it begins */
};

/* Read the file at path; "-" is standard input, which only one matrix can be read from.
 * LG_INPUT, with line and column, for anything but rows of equally many finite numbers
 * that the precision can hold. Blank lines at the end are nothing. */
enum lg_status matrix_read(const char *path, enum lg_precision precision, struct matrix *matrix,
                           struct lg_error *error);

/* The same for size bytes of text; `name` names the file in messages. */
enum lg_status matrix_parse(const char *name, const char *text, size_t size,
                            enum lg_precision precision, struct matrix *matrix,
                            struct lg_error *error);

/* LG_INPUT unless the matrix has that shape; `why` is added to what was expected. */
enum lg_status matrix_expect(const struct matrix *matrix, size_t rows, size_t columns,
                             const char *why, struct lg_error *error);

/* Append rows of numbers with 9 (f32) or 17 (f64) significant digits. */
void matrix_print(const double *values, size_t rows, size_t columns, enum lg_precision precision,
                  struct text *text);

/* Free. Safe on a zeroed struct. */
void matrix_free(struct matrix *matrix);

#endif
