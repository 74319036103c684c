#include "harness/store/trace_compare.h"

#include <criterion/criterion.h>
#include <string.h>

#define HEADER "cell,epoch,dataset,train_mse,image_sha256\n"
static const char whole[] = HEADER "a,1,mnist,0.5,10e2\na,2,mnist,0.25,ff\nb,1,mnist,,\n";

static struct comparison comparison;
static struct lg_error error;

static enum lg_status compare(const char *here, const char *there)
{
    struct csv_table tables[2];
    const char *const texts[] = {here, there};
    for (int i = 0; i < 2; i++)
        cr_assert_eq(csv_parse("x.csv", texts[i], strlen(texts[i]), &tables[i], &error), LG_OK,
                     "%s", error.message);
    enum lg_status status = trace_compare(&tables[0], &tables[1], &comparison, &error);
    csv_free(&tables[0]);
    csv_free(&tables[1]);
    return status;
}

static void finish(void)
{
    comparison_free(&comparison);
}

TestSuite(trace_compare, .fini = finish);

Test(trace_compare, the_same)
{
    cr_assert_eq(compare(whole, whole), LG_OK);
    cr_assert(comparison_is_equal(&comparison));
    cr_assert_eq(comparison.rows_equal, 3);
    cr_assert_eq(comparison.values_equal, 9);
    cr_assert_str_eq(comparison.first_different.column, "");
}

Test(trace_compare, first_difference)
{
    cr_assert_eq(compare(whole, HEADER "a,1,mnist,0.5,10e2\na,2,mnist,0.26,fe\nb,1,mnist,1,\n"),
                 LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_str_eq(comparison.first_different.cell, "a");
    cr_assert_str_eq(comparison.first_different.epoch, "2");
    cr_assert_str_eq(comparison.first_different.column, "train_mse");
    cr_assert_str_eq(comparison.first_different.here, "0.25");
    cr_assert_str_eq(comparison.first_different.there, "0.26");
    cr_assert_eq(comparison.rows, 3);
    cr_assert_eq(comparison.rows_equal, 1);
    cr_assert_eq(comparison.values, 9);
    cr_assert_eq(comparison.values_equal, 6);
}

/* One bit is a difference, another spelling of the same double is none; digests
 * are text, though some look like numbers. */
Test(trace_compare, bits_and_not_spelling)
{
    cr_assert_eq(compare(HEADER "a,1,mnist,0.1,1\n", HEADER "a,1,mnist,1.0e-1,1\n"), LG_OK);
    cr_assert(comparison_is_equal(&comparison));
    cr_assert_eq(compare(HEADER "a,1,mnist,0.1,1\n", HEADER "a,1,mnist,0.10000000000000002,1\n"),
                 LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_eq(compare(HEADER "a,1,mnist,0,1\n", HEADER "a,1,mnist,-0,1\n"), LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_eq(compare(HEADER "a,1,mnist,0.1,10e2\n", HEADER "a,1,mnist,0.1,1000\n"), LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_eq(compare(HEADER "a,1,mnist,,1\n", HEADER "a,1,mnist,0,1\n"), LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
}

Test(trace_compare, order_of_rows_and_columns_does_not_matter)
{
    cr_assert_eq(compare(whole, "epoch,cell,train_mse,dataset,image_sha256\n"
                                "1,b,,mnist,\n2,a,0.25,mnist,ff\n1,a,0.5,mnist,10e2\n"),
                 LG_OK);
    cr_assert(comparison_is_equal(&comparison));
}

Test(trace_compare, rows_that_only_one_has)
{
    cr_assert_eq(compare(HEADER "a,1,mnist,0.5,10e2\nc,7,mnist,1,1\n", whole), LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_eq(comparison.missing, 2);
    cr_assert_str_eq(comparison.first_missing.cell, "a");
    cr_assert_str_eq(comparison.first_missing.epoch, "2");
    cr_assert_eq(comparison.extra, 1);
    cr_assert_str_eq(comparison.first_extra.cell, "c");
    cr_assert_eq(comparison.rows_equal, 1);
}

Test(trace_compare, a_row_that_is_there_twice)
{
    cr_assert_eq(compare(whole, HEADER "a,1,mnist,0.5,10e2\na,1,mnist,0.5,10e2\n"
                                       "a,2,mnist,0.25,ff\nb,1,mnist,,\n"),
                 LG_OK);
    cr_assert_eq(comparison.missing, 1);
    cr_assert(!comparison_is_equal(&comparison));
}

Test(trace_compare, columns_that_only_one_has)
{
    cr_assert_eq(compare(whole, "cell,epoch,dataset,train_abs,image_sha256,x\n"
                                "a,1,mnist,0.5,10e2,1\na,2,mnist,0.25,ff,1\nb,1,mnist,,,1\n"),
                 LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
    cr_assert_str_eq(comparison.columns_missing.bytes, "train_abs, x");
    cr_assert_str_eq(comparison.columns_extra.bytes, "train_mse");
    cr_assert_eq(comparison.values_equal, 6);
}

/* Less there than here is as unequal as more. */
Test(trace_compare, extra_rows_or_columns_alone)
{
    cr_assert_eq(compare(whole, HEADER "a,1,mnist,0.5,10e2\n"), LG_OK);
    cr_assert_eq(comparison.missing, 0);
    cr_assert_eq(comparison.extra, 2);
    cr_assert(!comparison_is_equal(&comparison));
    comparison_free(&comparison);
    cr_assert_eq(compare(whole, "cell,epoch,dataset,train_mse\n"
                                "a,1,mnist,0.5\na,2,mnist,0.25\nb,1,mnist,\n"),
                 LG_OK);
    cr_assert_eq(comparison.rows_equal, 3);
    cr_assert_str_eq(comparison.columns_extra.bytes, "image_sha256");
    cr_assert(!comparison_is_equal(&comparison));
}

Test(trace_compare, data_sets)
{
    cr_assert_eq(compare(whole, HEADER "a,1,fashion_mnist,0.5,10e2\n"), LG_OK);
    cr_assert_str_eq(comparison.dataset_here, "mnist");
    cr_assert_str_eq(comparison.dataset_there, "fashion_mnist");
    cr_assert_str_eq(comparison.first_different.column, "dataset");
}

Test(trace_compare, nothing_to_compare_is_not_equal)
{
    cr_assert_eq(compare(HEADER, HEADER), LG_OK);
    cr_assert(!comparison_is_equal(&comparison));
}

Test(trace_compare, no_trace)
{
    cr_assert_eq(compare(whole, "x,y\n1,2\n"), LG_INPUT);
    cr_assert_not_null(strstr(error.message, "the second trace.csv has no column 'cell'"), "%s",
                       error.message);
    cr_assert_eq(compare("cell,epoch,a,a\nx,1,0,0\n", "cell,epoch,a,a\nx,1,0,1\n"), LG_INPUT);
    cr_assert_not_null(strstr(error.message, "column 'a' twice"), "%s", error.message);
}
