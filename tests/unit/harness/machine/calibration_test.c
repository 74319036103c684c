#include "harness/machine/calibration.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/csv.h"

static struct calibration *calibration;

/* A latency that was measured, one that was not, a rate with too few values. */
static void fill(void)
{
    calibration = calloc(1, sizeof *calibration);
    cr_assert_not_null(calibration);
    calibration->processor = 0;
    calibration->effort.passes = 3;
    calibration->memory.base_bytes = 4096;
    calibration->tsc = (struct tsc_rate){2e9, "a test"};
    machine_look(&calibration->machine);
    (void)measures_add(&calibration->measures,
                       &(struct measure){.name = "latency",
                                         .level = "L1",
                                         .bytes = 16384,
                                         .unit = "ns",
                                         .summary = {10, 1.25, 1.5, 4, true, 1.375, 1.625}});
    (void)measures_add(&calibration->measures, &(struct measure){.name = "latency",
                                                                 .level = "L3",
                                                                 .unit = "ns",
                                                                 .absent = "no, \"none\""});
    (void)measures_add(&calibration->measures,
                       &(struct measure){.name = "fma_peak",
                                         .isa = "avx2",
                                         .precision = "f32",
                                         .unit = "GFLOP/s",
                                         .note = "noted",
                                         .is_rate = true,
                                         .summary = {3, 90, 100, 110, false, 0, 0}});
}

static void empty(void)
{
    calibration_free(calibration);
}

TestSuite(calibration, .init = fill, .fini = empty);

static double number_of(const json_t *measure, const char *key)
{
    const json_t *value = json_object_get(measure, key);
    cr_assert(json_is_number(value), "no number '%s'", key);
    return json_number_value(value);
}

static void assert_none(const json_t *measure, const char *const *keys)
{
    for (; *keys != NULL; keys++)
        cr_assert_null(json_object_get(measure, *keys), "'%s' should be absent", *keys);
}

Test(calibration, json_of_what_was_measured)
{
    json_t *root = calibration_json(calibration);
    const json_t *measure = json_array_get(json_object_get(root, "measures"), 0);
    cr_assert_str_eq(json_string_value(json_object_get(measure, "name")), "latency");
    cr_assert_str_eq(json_string_value(json_object_get(measure, "level")), "L1");
    cr_assert_str_eq(json_string_value(json_object_get(measure, "better")), "lower");
    cr_assert_eq(number_of(measure, "median"), 1.5);
    cr_assert_eq(number_of(measure, "low"), 1.375);
    cr_assert_eq(number_of(measure, "high"), 1.625);
    cr_assert_eq(number_of(measure, "minimum"), 1.25);
    cr_assert_eq(number_of(measure, "maximum"), 4.0);
    cr_assert_eq(number_of(measure, "samples"), 10);
    cr_assert_eq(number_of(measure, "working_set_bytes"), 16384);
    cr_assert_eq(number_of(measure, "tsc_cycles"), 3.0);
    assert_none(measure, (const char *const[]){"absent", "isa", "clock", "note", NULL});
    cr_assert(json_is_object(json_object_get(root, "machine")));
    cr_assert(json_is_string(json_object_get(root, "lossgrid")));
    json_decref(root);
}

Test(calibration, json_of_what_was_not_has_a_reason_and_no_numbers)
{
    json_t *root = calibration_json(calibration);
    const json_t *measures = json_object_get(root, "measures");
    const json_t *absent = json_array_get(measures, 1), *few = json_array_get(measures, 2);
    cr_assert_str_eq(json_string_value(json_object_get(absent, "absent")), "no, \"none\"");
    assert_none(absent, (const char *const[]){"median", "low", "high", "minimum", "maximum",
                                              "samples", "tsc_cycles", "working_set_bytes", NULL});
    cr_assert_eq(number_of(few, "median"), 100);
    assert_none(few, (const char *const[]){"low", "high", "tsc_cycles", "absent", NULL});
    cr_assert(json_is_null(json_object_get(json_object_get(root, "pages"), "huge_bytes")));
    json_decref(root);
}

Test(calibration, unknown_rate_and_no_pinning_have_reasons)
{
    calibration->tsc = (struct tsc_rate){0, "why"};
    calibration->processor = -1;
    strcpy(calibration->unpinned, "because");
    json_t *root = calibration_json(calibration);
    const json_t *tsc = json_object_get(root, "tsc"), *method = json_object_get(root, "method");
    const json_t *latency = json_array_get(json_object_get(root, "measures"), 0);
    assert_none(tsc, (const char *const[]){"hz", "source", NULL});
    cr_assert_str_eq(json_string_value(json_object_get(tsc, "absent")), "why");
    assert_none(method, (const char *const[]){"pinned_to_processor", NULL});
    cr_assert_str_eq(json_string_value(json_object_get(method, "not_pinned")), "because");
    assert_none(latency, (const char *const[]){"tsc_cycles", NULL});
    json_decref(root);
}

Test(calibration, csv_leaves_fields_empty)
{
    struct text text = {0};
    struct csv_table table;
    cr_assert_eq(calibration_csv(calibration, &text, NULL), LG_OK);
    cr_assert_eq(csv_parse("calibration", text.bytes, text.size, &table, NULL), LG_OK);
    cr_assert_eq(table.rows, 4);
    const size_t median = (size_t)csv_column(&table, "median");
    const size_t low = (size_t)csv_column(&table, "low"),
                 cycles = (size_t)csv_column(&table, "tsc_cycles"),
                 note = (size_t)csv_column(&table, "note");
    cr_assert_str_eq(csv_field(&table, 1, median), "1.5");
    cr_assert_str_eq(csv_field(&table, 1, cycles), "3");
    cr_assert_str_eq(csv_field(&table, 2, median), "");
    cr_assert_str_eq(csv_field(&table, 2, cycles), "");
    cr_assert_str_eq(csv_field(&table, 2, note), "no, \"none\"");
    cr_assert_str_eq(csv_field(&table, 3, low), "");
    cr_assert_str_eq(csv_field(&table, 3, note), "noted");
    csv_free(&table);
    text_free(&text);
}

Test(calibration, text_says_why)
{
    struct text text = {0};
    cr_assert_eq(calibration_text(calibration, &text, NULL), LG_OK);
    cr_assert_not_null(strstr(text.bytes, "latency, L3: not measured: no, \"none\"\n"));
    cr_assert_not_null(strstr(text.bytes, "fma peak, f32 avx2: noted\n"));
    text_free(&text);
}
