#include "harness/spec/axis.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/schema.h"
#include "harness/spec/spacing.h"
#include "harness/spec/value.h"

/* An axis being read. */
struct reading {
    const struct registry *registry;
    const struct lg_option *option;
    const struct node *node;
    struct section section;
    struct spacing spacing;
    const char *name; /* "optimizer.adam.lr" */
};

/* In the order of the schema's words. */
enum distribution { UNIFORM, LOG_UNIFORM, INTEGER_UNIFORM };

static bool has(const struct reading *reading, const char *key)
{
    return node_get(reading->node, key) != NULL;
}

/* The form of the axis: "log", "linear" or "random"; exactly one, and only the keys that go
 * with it. */
static enum lg_status find_form(const struct reading *reading, const char **form)
{
    static const struct {
        const char *form, *keys[3];
    } forms[] = {
        {"log", {"points"}}, {"linear", {"points"}}, {"random", {"range", "count", "seed"}}};
    static const char *const all[] = {"points", "range", "count", "seed"};
    const char *path = reading->section.path.text;
    struct lg_error *error = reading->section.error;
    size_t found = 0, count = 0;
    for (size_t i = 0; i < 3; i++) {
        if (has(reading, forms[i].form)) {
            found = i;
            count++;
        }
    }
    if (count != 1)
        return node_fail(reading->node, error,
                         "%s: found a mapping with %s, expected one of log, linear, random", path,
                         count == 0 ? "none of them" : "more than one");
    *form = forms[found].form;
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        bool goes = false;
        for (size_t j = 0; j < 3 && forms[found].keys[j] != NULL; j++)
            goes = goes || strcmp(forms[found].keys[j], all[i]) == 0;
        if (!goes && has(reading, all[i]))
            return node_fail(node_get(reading->node, all[i]), error,
                             "%s: found the key '%s', which does not go with '%s'", path, all[i],
                             *form);
        if (goes && !has(reading, all[i]) && strcmp(all[i], "seed") != 0)
            return node_fail(reading->node, error, "the key '%s.%s' is missing: '%s' needs it",
                             path, all[i], *form);
    }
    return LG_OK;
}

/* The two numbers of a key, each one that the option takes. */
static enum lg_status read_ends(struct reading *reading, const char *key)
{
    const struct node *list = NULL;
    enum lg_status status = section_list(&reading->section, key, &list);
    double ends[2] = {0};
    const struct path place = path_key(reading->section.path.text, key);
    for (size_t i = 0; status == LG_OK && i < 2; i++) {
        const struct node *node = list->members[i].value;
        const struct path entry = path_entry(place.text, i);
        char expected[VALUE_EXPECTED_MAX];
        const bool is_number =
            node->kind == NODE_SCALAR && node->plain && value_real(node->text, &ends[i]);
        if (is_number && reading->spacing.kind == SPACING_LOG && ends[i] <= 0)
            return node_fail_expected(node, reading->section.error, entry.text,
                                      "a number above 0, which has a logarithm");
        if (!is_number || !value_option(reading->option, node->text, &ends[i]))
            return node_fail_expected(node, reading->section.error, entry.text,
                                      value_option_expected(reading->option, expected));
        if (!value_is_held(reading->option, reading->registry->precision, ends[i], expected))
            return node_fail_expected(node, reading->section.error, entry.text, expected);
    }
    if (status != LG_OK)
        return status;
    if (ends[0] >= ends[1])
        return node_fail(list, reading->section.error,
                         "%s: found [%s, %s], expected a range: the lower end first, then a larger "
                         "one",
                         place.text, list->members[0].value->text, list->members[1].value->text);
    reading->spacing.low = ends[0];
    reading->spacing.high = ends[1];
    return LG_OK;
}

static enum lg_status read_count(const struct reading *reading, const char *key, size_t *count)
{
    uint64_t number = 0;
    enum lg_status status = section_integer(&reading->section, key, &number);
    *count = (size_t)number;
    return status;
}

static enum lg_status take(const struct reading *reading, size_t count, double **values)
{
    *values = pool_take(reading->section.pool, count * sizeof **values, reading->section.error);
    return *values != NULL ? LG_OK : LG_ENVIRONMENT;
}

static enum lg_status read_points(struct reading *reading, const char *form, double **values,
                                  size_t *count)
{
    char value[VALUE_TEXT_MAX];
    assert(form != NULL); /* find_form() has succeeded */
    reading->spacing.kind = strcmp(form, "log") == 0 ? SPACING_LOG : SPACING_LINEAR;
    enum lg_status status = read_ends(reading, form);
    if (status == LG_OK)
        status = read_count(reading, "points", count);
    if (status == LG_OK)
        status = take(reading, *count, values);
    for (size_t i = 0; status == LG_OK && i < *count; i++) {
        (*values)[i] = spacing_point(&reading->spacing, i, *count);
        if (i > 0 && (*values)[i] <= (*values)[i - 1])
            status =
                node_fail(node_get(reading->node, "points"), reading->section.error,
                          "%s.points: found %zu, of which two would be %s, expected fewer",
                          reading->section.path.text, *count, value_print((*values)[i], value));
    }
    return status;
}

/* Draw whole numbers. */
static enum lg_status draw_whole(const struct reading *reading, uint64_t seed, double *values,
                                 size_t count, size_t *found)
{
    const struct spacing *spacing = &reading->spacing;
    const struct node *range = node_get(reading->node, "range");
    int64_t ends[2] = {0};
    for (size_t i = 0; i < 2; i++) {
        const struct node *node = range->members[i].value;
        const struct path place = path_key(reading->section.path.text, "range");
        if (!value_integer(node->text, &ends[i]))
            return node_fail_expected(node, reading->section.error, path_entry(place.text, i).text,
                                      "a whole number");
    }
    if (spacing->high - spacing->low > UINT32_MAX)
        return node_fail(range, reading->section.error,
                         "%s.range: expected at most 4294967296 numbers",
                         reading->section.path.text);
    *found = spacing_draw_whole(ends[0], (uint32_t)(ends[1] - ends[0]), reading->name, seed, values,
                                count);
    return LG_OK;
}

static enum lg_status read_random(struct reading *reading, double **values, size_t *count)
{
    size_t distribution = 0, found = 0;
    uint64_t seed = 0;
    enum lg_status status = section_word(&reading->section, "random", &distribution);
    reading->spacing.kind = distribution == LOG_UNIFORM ? SPACING_LOG : SPACING_LINEAR;
    if (status == LG_OK)
        status = read_ends(reading, "range");
    if (status == LG_OK)
        status = read_count(reading, "count", count);
    if (status == LG_OK)
        status = section_integer(&reading->section, "seed", &seed);
    if (status == LG_OK)
        status = take(reading, *count, values);
    if (status == LG_OK && distribution == INTEGER_UNIFORM)
        status = draw_whole(reading, seed, *values, *count, &found);
    else if (status == LG_OK)
        found = spacing_draw(&reading->spacing, reading->name, seed, *values, *count);
    if (status == LG_OK && found < *count)
        status = node_fail(node_get(reading->node, "count"), reading->section.error,
                           "%s.count: found %zu, expected at most %zu: the range has no more "
                           "different values",
                           reading->section.path.text, *count, found);
    return status;
}

/* What lies between the ends of a range is in the option's range too, but the precision might
 * not hold it. */
static enum lg_status check_held(const struct reading *reading, const double *values, size_t count)
{
    char expected[VALUE_EXPECTED_MAX], value[VALUE_TEXT_MAX];
    for (size_t i = 0; i < count; i++)
        if (!value_is_held(reading->option, reading->registry->precision, values[i], expected))
            return node_fail(reading->node, reading->section.error,
                             "%s: found %s among its values, expected %s",
                             reading->section.path.text, value_print(values[i], value), expected);
    return LG_OK;
}

enum lg_status axis_read(struct pool *pool, const struct registry *registry, const char *name,
                         const struct lg_option *option, const struct node *node, const char *path,
                         double **values, size_t *count, struct lg_error *error)
{
    char expected[VALUE_EXPECTED_MAX];
    const char *form = NULL;
    struct reading reading = {
        .name = name,
        .registry = registry,
        .option = option,
        .node = node,
        .spacing = {.is_whole = option->kind == LG_OPTION_INTEGER, .power = registry->power},
    };
    if (option->kind != LG_OPTION_REAL && option->kind != LG_OPTION_INTEGER)
        return node_fail_expected(node, error, path, value_option_expected(option, expected));
    enum lg_status status = section_open(&reading.section, AXIS_SECTION, path, node, pool, error);
    if (status == LG_OK)
        status = find_form(&reading, &form);
    assert(status != LG_OK || form != NULL);
    if (status == LG_OK && strcmp(form, "random") == 0)
        status = read_random(&reading, values, count);
    else if (status == LG_OK)
        status = read_points(&reading, form, values, count);
    return status == LG_OK ? check_held(&reading, *values, *count) : status;
}
