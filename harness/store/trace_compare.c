#include "harness/store/trace_compare.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/store/epoch_columns.h"

enum { NONE = -1 };

/* The two tables and how their columns meet. */
struct pair {
    const struct csv_table *here, *there;
    int *match;                 /* (here->columns): the same column there, or NONE */
    const struct column **kind; /* (here->columns): what it holds; NULL unknown */
    bool *used;                 /* (here->rows): matched by a row there */
    int cell, epoch;            /* columns here */
};

static void copy(char to[COMPARED_TEXT_MAX], const char *from)
{
    snprintf(to, COMPARED_TEXT_MAX, "%s", from);
}

static bool is_key(const struct pair *pair, size_t column)
{
    return pair->kind[column] != NULL && pair->kind[column]->role == COLUMN_KEY;
}

static bool same_key(const struct pair *pair, size_t row_here, size_t row_there)
{
    for (size_t c = 0; c < pair->here->columns; c++)
        if (is_key(pair, c) && pair->match[c] != NONE &&
            strcmp(csv_field(pair->here, row_here, c),
                   csv_field(pair->there, row_there, (size_t)pair->match[c])) != 0)
            return false;
    return true;
}

/* The unused row here with the key of a row there; 0 when there is none. Rows come
 * in the same order as a rule, so the search begins where the last one ended. */
static size_t find_row(const struct pair *pair, size_t row_there, size_t after)
{
    size_t count = pair->here->rows - 1;
    for (size_t i = 0; i < count; i++) {
        size_t row = 1 + (after + i) % count;
        if (!pair->used[row] && same_key(pair, row, row_there))
            return row;
    }
    return 0;
}

static bool same_value(const struct column *kind, const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return true;
    if (kind == NULL || (kind->kind != FIELD_REAL && kind->kind != FIELD_METRICS))
        return false;
    char *end_a, *end_b;
    double value_a = strtod(a, &end_a), value_b = strtod(b, &end_b);
    return end_a != a && *end_a == '\0' && end_b != b && *end_b == '\0' &&
           csv_same_bits(value_a, value_b);
}

static void compare_row(const struct pair *pair, size_t row_here, size_t row_there,
                        struct comparison *comparison)
{
    bool equal = true;
    for (size_t c = 0; c < pair->here->columns; c++) {
        if (pair->match[c] == NONE || is_key(pair, c))
            continue;
        const char *here = csv_field(pair->here, row_here, c);
        const char *there = csv_field(pair->there, row_there, (size_t)pair->match[c]);
        comparison->values++;
        if (same_value(pair->kind[c], here, there)) {
            comparison->values_equal++;
            continue;
        }
        struct compared_place *first = &comparison->first_different;
        if (first->column[0] == '\0') {
            copy(first->cell, csv_field(pair->here, row_here, (size_t)pair->cell));
            snprintf(first->epoch, sizeof first->epoch, "%.31s",
                     csv_field(pair->here, row_here, (size_t)pair->epoch));
            copy(first->column, csv_field(pair->here, 0, c));
            copy(first->here, here);
            copy(first->there, there);
        }
        equal = false;
    }
    comparison->rows++;
    comparison->rows_equal += equal;
}

/* Count a row that has no match, and keep the place of the first. */
static void note_lonely(const struct csv_table *table, size_t row, size_t *count,
                        struct compared_place *first)
{
    if ((*count)++ > 0)
        return;
    copy(first->cell, csv_field(table, row, (size_t)csv_column(table, "cell")));
    snprintf(first->epoch, sizeof first->epoch, "%.31s",
             csv_field(table, row, (size_t)csv_column(table, "epoch")));
}

static void compare_rows(const struct pair *pair, struct comparison *comparison)
{
    size_t after = 0;
    for (size_t row = 1; row < pair->there->rows; row++) {
        size_t found = find_row(pair, row, after);
        if (found == 0) {
            note_lonely(pair->there, row, &comparison->missing, &comparison->first_missing);
            continue;
        }
        after = found;
        pair->used[found] = true;
        compare_row(pair, found, row, comparison);
    }
    for (size_t row = 1; row < pair->here->rows; row++)
        if (!pair->used[row])
            note_lonely(pair->here, row, &comparison->extra, &comparison->first_extra);
}

static void add_name(struct text *names, const char *name)
{
    text_print(names, "%s%s", names->size > 0 ? ", " : "", name);
}

static void match_columns(struct pair *pair, struct comparison *comparison)
{
    for (size_t c = 0; c < pair->here->columns; c++) {
        const char *name = csv_field(pair->here, 0, c);
        pair->match[c] = csv_column(pair->there, name);
        pair->kind[c] = columns_find_trace(name);
        if (pair->match[c] == NONE)
            add_name(&comparison->columns_extra, name);
    }
    for (size_t c = 0; c < pair->there->columns; c++)
        if (csv_column(pair->here, csv_field(pair->there, 0, c)) == NONE)
            add_name(&comparison->columns_missing, csv_field(pair->there, 0, c));
}

/* The data set of the first row: all rows of a trace have the same. */
static void find_dataset(const struct csv_table *table, char dataset[COMPARED_TEXT_MAX])
{
    int column = csv_column(table, "dataset");
    copy(dataset, column != NONE && table->rows > 1 ? csv_field(table, 1, (size_t)column) : "");
}

static enum lg_status check_trace(const struct csv_table *table, const char *which,
                                  struct lg_error *error)
{
    static const char *const needed[] = {"cell", "epoch"};
    for (size_t i = 0; i < 2; i++)
        if (csv_column(table, needed[i]) == NONE)
            return lg_fail(error, LG_INPUT, "%s trace.csv has no column '%s'", which, needed[i]);
    for (size_t c = 0; c < table->columns; c++)
        if (csv_column(table, csv_field(table, 0, c)) != (int)c)
            return lg_fail(error, LG_INPUT, "%s trace.csv has the column '%.100s' twice", which,
                           csv_field(table, 0, c));
    return LG_OK;
}

enum lg_status trace_compare(const struct csv_table *here, const struct csv_table *there,
                             struct comparison *comparison, struct lg_error *error)
{
    *comparison = (struct comparison){0};
    enum lg_status status = check_trace(here, "the first", error);
    if (status == LG_OK)
        status = check_trace(there, "the second", error);
    if (status != LG_OK)
        return status;
    struct pair pair = {
        .here = here,
        .there = there,
        .match = calloc(here->columns, sizeof(int)),
        .kind = calloc(here->columns, sizeof(struct column *)),
        .used = calloc(here->rows, sizeof(bool)),
        .cell = csv_column(here, "cell"),
        .epoch = csv_column(here, "epoch"),
    };
    if (pair.match != NULL && pair.kind != NULL && pair.used != NULL) {
        match_columns(&pair, comparison);
        find_dataset(here, comparison->dataset_here);
        find_dataset(there, comparison->dataset_there);
        compare_rows(&pair, comparison);
        status = text_check(&comparison->columns_missing, error);
    } else {
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory to compare two traces");
    }
    free(pair.match);
    free(pair.kind);
    free(pair.used);
    return status;
}

bool comparison_is_equal(const struct comparison *comparison)
{
    return comparison->rows > 0 && comparison->rows_equal == comparison->rows &&
           comparison->missing == 0 && comparison->extra == 0 &&
           comparison->columns_missing.size == 0 && comparison->columns_extra.size == 0;
}

void comparison_free(struct comparison *comparison)
{
    text_free(&comparison->columns_missing);
    text_free(&comparison->columns_extra);
    *comparison = (struct comparison){0};
}
