#include "harness/support/csv_file.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>

struct thing {
    const char *name;
    int64_t floor;
    uint64_t legs;
    double weight;
};

static const char *const names[] = {"table", "chair, high", NULL};

static void things(struct csv_columns *to, const void *given)
{
    const struct thing *row = given;
    COLUMN_WORD("name", names, "of the thing", row->name);
    COLUMN_SIGNED("floor", "1", "where it stands", row->floor);
    COLUMN_INTEGER("legs", "1", "it stands on", row->legs);
    COLUMN_INTEGER_IF("wheels", "1", "where there are some", row->legs == 3, row->legs);
    COLUMN_REAL("weight", "kg", "of all of it", row->weight);
    COLUMN_REAL_IF("weight_of_a_leg", "kg", "where there are some", row->legs > 0,
                   row->weight / (double)row->legs);
    COLUMN_OPTIONAL("again", "kg", "where it was weighed", row->weight);
}

static const struct csv_file file = {"things.csv", "a row for each thing", things};

Test(csv_file, header_and_rows_are_the_columns)
{
    struct csv csv = {0};
    csv_file_header(&file, NULL, &csv);
    csv_file_row(&file, NULL, &csv, &(struct thing){"table", -1, 4, 2.5});
    csv_file_row(&file, NULL, &csv, &(struct thing){"chair, high", 2, 3, (double)NAN});
    csv_file_row(&file, NULL, &csv, &(struct thing){"table", 0, 0, 0.1});
    cr_expect_eq(csv_check(&csv, NULL), LG_OK);
    cr_expect_str_eq(csv.text.bytes, "name,floor,legs,wheels,weight,weight_of_a_leg,again\n"
                                     "table,-1,4,,2.5,0.625,2.5\n"
                                     "\"chair, high\",2,3,3,nan,nan,\n"
                                     "table,0,0,,0.1,,0.1\n");
    text_free(&csv.text);
}

Test(csv_file, are_listed_without_a_row)
{
    struct csv_columns columns;
    csv_file_columns(&file, NULL, &columns);
    cr_assert_eq(columns.count, 7u);
    cr_expect_str_eq(columns.all[4].name, "weight");
    cr_expect_str_eq(columns.all[4].unit, "kg");
    cr_expect_str_eq(columns.all[4].meaning, "of all of it");
    cr_expect_eq(columns.all[4].type, CSV_REAL);
    cr_expect_not(columns.all[4].is_optional);
    cr_expect(columns.all[5].is_optional);
    cr_expect_eq(columns.all[0].words, names);
}

Test(csv_file, are_the_same_in_json)
{
    json_t *list = csv_file_json(&file, NULL);
    cr_assert_eq(json_array_size(list), 7u);
    char *text = json_dumps(json_array_get(list, 0), JSON_COMPACT);
    cr_expect_str_eq(text,
                     "{\"name\":\"name\",\"type\":\"text\",\"unit\":\"\",\"meaning\":\"of the "
                     "thing\",\"optional\":false,\"values\":[\"table\",\"chair, high\"]}");
    free(text);
    json_decref(list);
}

/* ---- Rows that are not of their columns ---------------------------------- */

/* What is done to the row of a file with the columns a and b. */
enum fault { RIGHT, SWAPPED, MISSING, EXTRA, TWICE };

static void faulty(struct csv_columns *to, const void *given)
{
    const enum fault *row = given;
    const enum fault fault = row == NULL ? RIGHT : *row;
    if (fault == SWAPPED)
        COLUMN_INTEGER("b", "", "the second", 2);
    COLUMN_INTEGER("a", "", "the first", 1);
    if (fault == TWICE)
        COLUMN_INTEGER("a", "", "the first", 1);
    else if (fault != SWAPPED && fault != MISSING)
        COLUMN_INTEGER("b", "", "the second", 2);
    if (fault == EXTRA)
        COLUMN_INTEGER("c", "", "none of the header's", 3);
}

static void assert_found(enum fault fault, enum lg_status status, const char *message)
{
    const struct csv_file faulty_csv = {"faulty.csv", "", faulty};
    struct lg_error error = {.message = ""};
    struct csv csv = {0};
    csv_file_header(&faulty_csv, NULL, &csv);
    csv_file_row(&faulty_csv, NULL, &csv, &fault);
    cr_expect_eq(csv_check(&csv, &error), status, "fault %d: status %d", fault, error.code);
    cr_expect_str_eq(error.message, message);
    text_free(&csv.text);
}

Test(csv_file, values_out_of_order_missing_or_too_many_are_found)
{
    assert_found(RIGHT, LG_OK, "");
    assert_found(SWAPPED, LG_FAILED,
                 "a row of faulty.csv: in another order than the header, or twice: column 'b'");
    assert_found(MISSING, LG_FAILED, "a row of faulty.csv: no value for column 'b'");
    assert_found(EXTRA, LG_FAILED, "a row of faulty.csv: the header has no column 'c'");
    assert_found(TWICE, LG_FAILED,
                 "a row of faulty.csv: in another order than the header, or twice: column 'a'");
}

Test(csv_file, a_word_that_is_none_of_the_columns_is_found)
{
    struct lg_error error;
    struct csv csv = {0};
    csv_file_row(&file, NULL, &csv, &(struct thing){"cupboard", 0, 4, 1});
    cr_expect_eq(csv_check(&csv, &error), LG_FAILED);
    cr_expect_str_eq(error.message,
                     "a row of things.csv: a word that the column does not declare: column 'name'");
    text_free(&csv.text);
}
