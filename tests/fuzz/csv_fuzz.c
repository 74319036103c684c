/* Any bytes as CSV: a table or a message with a place. A table that is written and read again
 * is the same, and a trace that is compared with itself has no difference.
 *
 * Sources: harness/support/csv.c harness/support/encoding.c harness/support/files.c
 * Sources: harness/support/text.c harness/store/trace_compare.c harness/store/epoch_columns.c
 * Sources: engine/base/status.c
 * Seeds: results/reference/article-losses results/reference/bench tests/fuzz/seeds/timed_folder */
#include "harness/store/trace_compare.h"
#include "harness/support/csv.h"
#include "tests/fuzz/fuzz.h"

static void write_again(const struct csv_table *table)
{
    struct csv csv = {0};
    struct csv_table again;
    struct lg_error error = {.code = LG_OK};
    for (size_t row = 0; row < table->rows; row++) {
        for (size_t column = 0; column < table->columns; column++)
            csv_text(&csv, csv_field(table, row, column));
        csv_end_row(&csv);
    }
    require(text_check(&csv.text, &error) == LG_OK);
    require(csv_parse("again.csv", csv.text.bytes, csv.text.size, &again, &error) == LG_OK);
    require(again.rows == table->rows && again.columns == table->columns);
    for (size_t row = 0; row < table->rows; row++)
        for (size_t column = 0; column < table->columns; column++)
            require(strcmp(csv_field(table, row, column), csv_field(&again, row, column)) == 0);
    csv_free(&again);
    text_free(&csv.text);
}

static void compare_with_itself(const struct csv_table *table)
{
    struct comparison comparison;
    struct lg_error error = {.code = LG_OK};
    const enum lg_status status = trace_compare(table, table, &comparison, &error);
    if (status != LG_OK) {
        require_message(status, &error);
        return;
    }
    require(comparison.rows_equal == comparison.rows && comparison.missing == 0 &&
            comparison.extra == 0 && comparison.values_equal == comparison.values);
    comparison_free(&comparison);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct csv_table table;
    struct lg_error error = {.code = LG_OK};
    const enum lg_status status = csv_parse("fuzz.csv", (const char *)data, size, &table, &error);
    if (status != LG_OK) {
        require_message(status, &error);
        return 0;
    }
    require(table.rows > 0 && table.columns > 0);
    write_again(&table);
    compare_with_itself(&table);
    csv_free(&table);
    return 0;
}
