#include "harness/store/schema_json.h"

#include <criterion/criterion.h>
#include <string.h>

#include "harness/support/csv.h"

static struct experiment load(const char *path)
{
    struct experiment experiment;
    struct lg_error error;
    cr_assert_eq(experiment_load(path, NULL, 0, &experiment, &error), LG_OK, "%s", error.message);
    return experiment;
}

static const char *text_of(const json_t *column, const char *key)
{
    return json_string_value(json_object_get(column, key));
}

static const json_t *find(const json_t *schema, const char *file, const char *name)
{
    size_t i;
    const json_t *column;
    json_array_foreach(json_object_get(schema, file), i,
                       column) if (strcmp(text_of(column, "name"), name) == 0) return column;
    cr_assert_fail("no column %s", name);
    return NULL;
}

static void expect_header(const json_t *schema, enum column_file file,
                          const struct columns_measured *measured)
{
    struct csv csv = {0};
    struct csv_table header;
    struct lg_error error;
    columns_header(&csv, file, measured);
    cr_assert_eq(csv_parse("header", csv.text.bytes, csv.text.size, &header, &error), LG_OK);
    const json_t *columns = json_object_get(schema, columns_file_name(file));
    cr_assert_eq(json_array_size(columns), header.columns);
    for (size_t i = 0; i < header.columns; i++)
        cr_expect_str_eq(text_of(json_array_get(columns, i), "name"), csv_field(&header, 0, i));
    csv_free(&header);
    text_free(&csv.text);
}

Test(schema_json, has_the_columns_of_the_files)
{
    static const struct columns_measured measured = {{"mse", "abs", "smooth_l1"}, 3, false};
    struct experiment experiment = load("experiments/article-intended.yaml");
    json_t *schema = schema_json(&experiment, false, false);
    cr_assert_not_null(schema);
    expect_header(schema, COLUMNS_TRACE, &measured);
    expect_header(schema, COLUMNS_TIMING, &measured);
    json_decref(schema);
    experiment_free(&experiment);
}

Test(schema_json, has_the_columns_of_a_validation_split)
{
    static const char *const split[] = {"validation=1000"};
    struct experiment experiment;
    struct lg_error error;
    cr_assert_eq(experiment_load("experiments/classifier.yaml", split, 1, &experiment, &error),
                 LG_OK, "%s", error.message);
    json_t *schema = schema_json(&experiment, false, false);
    const struct columns_measured measured = columns_measured(&experiment);
    expect_header(schema, COLUMNS_TRACE, &measured);
    const json_t *accuracy = find(schema, "trace.csv", "validation_accuracy");
    cr_expect_str_eq(text_of(accuracy, "better"), "higher");
    cr_expect_str_eq(text_of(accuracy, "part"), "validation");
    cr_expect_str_eq(text_of(find(schema, "trace.csv", "validation_loss"), "metric"), "loss");
    json_decref(schema);
    experiment_free(&experiment);
}

Test(schema_json, says_which_way_is_better_and_what_is_ranked)
{
    struct experiment experiment = load("experiments/classifier.yaml");
    json_t *schema = schema_json(&experiment, false, false);
    const json_t *accuracy = find(schema, "trace.csv", "test_accuracy");
    cr_expect_str_eq(text_of(accuracy, "better"), "higher");
    cr_expect_str_eq(text_of(accuracy, "metric"), "accuracy");
    cr_expect_str_eq(text_of(accuracy, "part"), "test");
    cr_expect_eq(json_real_value(json_array_get(json_object_get(accuracy, "range"), 1)), 1);
    cr_expect_eq(json_real_value(json_object_get(accuracy, "chance")), 0.1);
    cr_expect(json_is_true(json_object_get(accuracy, "primary")));
    const json_t *mse = find(schema, "trace.csv", "train_mse");
    cr_expect_str_eq(text_of(mse, "better"), "lower");
    cr_expect(json_is_true(json_object_get(mse, "ranked")));
    cr_expect(json_is_false(json_object_get(mse, "primary")));
    const json_t *own = find(schema, "trace.csv", "train_loss");
    cr_expect(json_is_false(json_object_get(own, "ranked")));
    cr_expect_gt(strlen(text_of(own, "reason")), 5);
    cr_expect_str_eq(text_of(find(schema, "timing.csv", "cpu_ns"), "better"), "lower");
    cr_expect_str_eq(text_of(find(schema, "timing.csv", "jobs"), "better"), "none");
    cr_expect_gt(json_array_size(json_object_get(schema, "not_measured")), 0);
    json_decref(schema);
    experiment_free(&experiment);
}
