/* The comparison of two traces, bit by bit. */
#ifndef HARNESS_STORE_TRACE_COMPARE_H
#define HARNESS_STORE_TRACE_COMPARE_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/support/csv.h"
#include "harness/support/text.h"
#include "lossgrid/status.h"

enum { COMPARED_TEXT_MAX = 160 };

/* The first row and field of a kind of difference. */
struct compared_place {
    char cell[COMPARED_TEXT_MAX], epoch[32], column[COMPARED_TEXT_MAX];
    char here[COMPARED_TEXT_MAX], there[COMPARED_TEXT_MAX];
};

/* Rows are matched by the key columns that both traces have, fields by their
 * column's name. */
struct comparison {
    size_t rows, rows_equal;     /* that are in both; of these, equal in all fields */
    size_t values, values_equal; /* fields of those rows, the key apart */
    size_t missing, extra;       /* rows that only `there`, or only `here`, has */
    struct compared_place first_different, first_missing, first_extra;
    struct text columns_missing, columns_extra; /* names, by commas; owned */
    char dataset_here[COMPARED_TEXT_MAX], dataset_there[COMPARED_TEXT_MAX]; /* "" unknown */
};

/* Compare; row 0 of both is the header. Numbers are equal when they are the same
 * double, however they are written; everything else when it is the same text.
 * LG_INPUT when one of them is no trace. On success the caller ends *comparison
 * with comparison_free(). */
enum lg_status trace_compare(const struct csv_table *here, const struct csv_table *there,
                             struct comparison *comparison, struct lg_error *error);

/* True if both have the same rows, columns and bits, and there is a row. */
bool comparison_is_equal(const struct comparison *comparison);

/* Free. Safe on a zeroed struct. */
void comparison_free(struct comparison *comparison);

#endif
