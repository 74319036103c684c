#include "harness/spec/spacing.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/value.h"
#include "lossgrid/backend.h"
#include "tests/unit/golden.h"

enum { VALUES_MAX = 2048 };

static double power(double x, double p)
{
    size_t count;
    return lg_backends(&count)[0]->power(x, p);
}

/* A row of tests/golden/axes.csv, whose values are of another arithmetic. */
struct row {
    char form[32], low[32], high[32], whole[4], count[16], seed[16], name[64], values[256];
};

static struct row parse(const char *line)
{
    struct row row;
    const char *at = golden_field(line, row.form, sizeof row.form);
    at = golden_field(at, row.low, sizeof row.low);
    at = golden_field(at, row.high, sizeof row.high);
    at = golden_field(at, row.whole, sizeof row.whole);
    at = golden_field(at, row.count, sizeof row.count);
    at = golden_field(at, row.seed, sizeof row.seed);
    at = golden_field(at, row.name, sizeof row.name);
    golden_field(at, row.values, sizeof row.values);
    return row;
}

static size_t compute(const struct row *row, double *values)
{
    const bool is_log = strncmp(row->form, "log", 3) == 0;
    const struct spacing spacing = {
        .kind = is_log ? SPACING_LOG : SPACING_LINEAR,
        .low = strtod(row->low, NULL),
        .high = strtod(row->high, NULL),
        .is_whole = row->whole[0] == '1',
        .power = power,
    };
    const size_t count = strtoul(row->count, NULL, 10);
    const uint64_t seed = strtoull(row->seed, NULL, 10);
    cr_assert_leq(count, VALUES_MAX);
    if (strcmp(row->form, "integer_uniform") == 0)
        return spacing_draw_whole((int64_t)spacing.low, (uint32_t)(spacing.high - spacing.low),
                                  row->name, seed, values, count);
    if (strstr(row->form, "uniform") != NULL)
        return spacing_draw(&spacing, row->name, seed, values, count);
    for (size_t i = 0; i < count; i++)
        values[i] = spacing_point(&spacing, i, count);
    return count;
}

/* The values with spaces between them, or where they are many the digest of that. */
static void print(const double *values, size_t count, bool is_short, char result[256])
{
    static char text[VALUES_MAX * VALUE_TEXT_MAX];
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        char value[VALUE_TEXT_MAX];
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%s", i > 0 ? " " : "",
                                 value_print(values[i], value));
    }
    if (is_short)
        snprintf(result, 256, "%.255s", text);
    else
        lg_digest_bytes(text, used, result);
}

Test(spacing, values_are_those_of_exact_arithmetic)
{
    static double values[VALUES_MAX];
    char line[512], found[256];
    size_t rows = 0;
    FILE *file =
        golden_open("tests/golden/axes.csv", "form,low,high,is_whole,count,seed,name,values\n");
    for (; fgets(line, sizeof line, file) != NULL; rows++) {
        const struct row row = parse(line);
        const size_t count = compute(&row, values);
        cr_expect_eq(count, strtoul(row.count, NULL, 10), "%s", line);
        print(values, count, count <= 9, found);
        cr_expect_str_eq(found, row.values, "%s%s", line, found);
    }
    fclose(file);
    cr_assert_gt(rows, 300);
}

Test(spacing, more_draws_begin_with_the_fewer)
{
    double few[10], many[100];
    const struct spacing spacing = {SPACING_LOG, 1e-5, 1, false, power};
    cr_assert_eq(spacing_draw(&spacing, "optimizer.sgd.lr", 1, few, 10), 10);
    cr_assert_eq(spacing_draw(&spacing, "optimizer.sgd.lr", 1, many, 100), 100);
    cr_expect_arr_eq(few, many, sizeof few);
    for (size_t i = 0; i < 100; i++) {
        cr_expect(many[i] >= 1e-5 && many[i] <= 1);
        for (size_t j = 0; j < i; j++)
            cr_expect_neq(many[i], many[j]);
    }
}

/* Of 4000 draws each decade has its share: 800, of which 120 are five standard deviations. */
Test(spacing, draws_by_logarithm_fill_decades_alike)
{
    static double values[4000];
    size_t decade[5] = {0};
    const struct spacing spacing = {SPACING_LOG, 1e-5, 1, false, power};
    cr_assert_eq(spacing_draw(&spacing, "optimizer.sgd.lr", 3, values, 4000), 4000);
    for (size_t i = 0; i < 4000; i++)
        for (double limit = 1e-4, at = 0; at < 5; limit *= 10, at++)
            if (values[i] < limit) {
                decade[(size_t)at]++;
                break;
            }
    for (size_t i = 0; i < 5; i++)
        cr_expect(decade[i] > 680 && decade[i] < 920, "decade %zu: %zu", i, decade[i]);
}

Test(spacing, too_few_different_numbers_are_counted)
{
    double values[20];
    const struct spacing spacing = {SPACING_LINEAR, 1, 4, true, NULL};
    cr_expect_eq(spacing_draw(&spacing, "a", 1, values, 20), 4);
    cr_expect_eq(spacing_draw_whole(1, 3, "a", 1, values, 20), 4);
}
