/* Reads the golden values of tests/golden/<file>.csv, whose format stands in
 * tests/golden/table.py. Tests run from the top of the repository. */
#ifndef TESTS_UNIT_GOLDEN_H
#define TESTS_UNIT_GOLDEN_H

#include <criterion/criterion.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lossgrid/option.h"

enum { GOLDEN_OPTIONS = 128 };

struct golden_row {
    char name[32], options[GOLDEN_OPTIONS], label[32], quantity[32]; /* label: the column `case` */
    size_t index;
    double value;
};

/* Consecutive rows: a whole file, or one (name, options, case) of it. */
struct golden {
    const struct golden_row *rows;
    size_t count;
};

/* One field up to a comma or the end of the line; returns what follows it. */
static inline const char *golden_field(const char *from, char *field, size_t size)
{
    const size_t length = strcspn(from, ",\n");
    cr_assert_lt(length, size, "golden field too long: %.40s", from);
    memcpy(field, from, length);
    field[length] = '\0';
    return from + length + (from[length] == ',');
}

static inline struct golden_row golden_parse(const char *line)
{
    struct golden_row row;
    char number[64];
    const char *at = golden_field(line, row.name, sizeof row.name);
    at = golden_field(at, row.options, sizeof row.options);
    at = golden_field(at, row.label, sizeof row.label);
    at = golden_field(at, row.quantity, sizeof row.quantity);
    at = golden_field(at, number, sizeof number);
    row.index = (size_t)strtoull(number, NULL, 10);
    char *end;
    row.value = strtod(at, &end);
    cr_assert(end != at && *end == '\n', "not a golden row: %s", line);
    return row;
}

/* A line of a file that must be there. */
static inline FILE *golden_open(const char *path, const char *header)
{
    char line[256];
    FILE *file = fopen(path, "r");
    cr_assert_not_null(file, "cannot read %s; tests run from the top of the repository", path);
    cr_assert(fgets(line, sizeof line, file) && strcmp(line, header) == 0, "%s: not the header %s",
              path, header);
    return file;
}

/* All rows of these files, one file after the other, to be ended with golden_free(). */
static inline struct golden golden_read_all(const char *const *paths, size_t path_count)
{
    struct golden_row *rows = NULL;
    size_t count = 0, room = 0;
    for (size_t i = 0; i < path_count; i++) {
        FILE *file = golden_open(paths[i], "name,options,case,quantity,index,value\n");
        char line[256];
        while (fgets(line, sizeof line, file)) {
            if (count == room) {
                room = room ? 2 * room : 1024;
                rows = realloc(rows, room * sizeof *rows);
                cr_assert_not_null(rows);
            }
            rows[count++] = golden_parse(line);
        }
        fclose(file);
    }
    return (struct golden){rows, count};
}

/* The same of one file. */
static inline struct golden golden_read(const char *path)
{
    return golden_read_all(&path, 1);
}

static inline void golden_free(struct golden file)
{
    free((void *)file.rows);
}

static inline bool golden_together(const struct golden_row *a, const struct golden_row *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->options, b->options) == 0 &&
           strcmp(a->label, b->label) == 0;
}

/* The group that starts at rest's first row, which is taken off rest; count 0 at
 * the end. */
static inline struct golden golden_next(struct golden *rest)
{
    struct golden group = {rest->rows, 0};
    while (group.count < rest->count && golden_together(group.rows, group.rows + group.count))
        group.count++;
    rest->rows += group.count;
    rest->count -= group.count;
    return group;
}

/* The shared rows (no name) of a case. */
static inline struct golden golden_shared(struct golden file, const char *label)
{
    struct golden group = golden_next(&file);
    while (group.count && (group.rows->name[0] || strcmp(group.rows->label, label) != 0))
        group = golden_next(&file);
    cr_assert(group.count, "no shared golden rows for the case %s", label);
    return group;
}

/* The values of one quantity into values[0..room); returns how many there are. */
static inline size_t golden_values(struct golden group, const char *quantity, double *values,
                                   size_t room)
{
    size_t count = 0;
    for (size_t i = 0; i < group.count; i++) {
        const struct golden_row *row = group.rows + i;
        if (strcmp(row->quantity, quantity) != 0)
            continue;
        cr_assert(row->index == count && count < room, "%s %s: index %zu of %s", row->name,
                  row->label, row->index, quantity);
        values[count++] = row->value;
    }
    return count;
}

/* The index of a row's name among a registry's names. */
static inline size_t golden_entry(const struct golden_row *row, const char *const *names,
                                  size_t count)
{
    size_t i = 0;
    while (i < count && strcmp(names[i], row->name) != 0)
        i++;
    cr_assert_lt(i, count, "golden rows for '%s', which the registry does not have", row->name);
    return i;
}

/* Every name of a registry must have rows. */
static inline void golden_check_complete(struct golden file, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        bool found = false;
        for (size_t row = 0; row < file.count && !found; row++)
            found = strcmp(file.rows[row].name, names[i]) == 0;
        cr_expect(found, "no golden values for %s", names[i]);
    }
}

/* A number that is all of text. */
static inline double golden_number(const struct lg_option *option, const char *text)
{
    char *end;
    const double value = strtod(text, &end);
    cr_assert(end != text && *end == '\0', "option %s: '%s'", option->name, text);
    return value;
}

/* The value that a row's text gives an option: a number, a choice or a flag. */
static inline double golden_option(const struct lg_option *option, const char *text)
{
    if (option->kind == LG_OPTION_CHOICE)
        for (int i = 0; option->choices[i]; i++)
            if (strcmp(option->choices[i], text) == 0)
                return i;
    if (option->kind == LG_OPTION_FLAG)
        return strcmp(text, "true") == 0;
    return golden_number(option, text);
}

/* List option i of info as the numbers of text, spaces between them. */
static inline void golden_option_list(const struct lg_info *info, struct lg_options *options,
                                      size_t i, char *text)
{
    double numbers[LG_LIST_MAX];
    size_t count = 0;
    char *state = NULL;
    for (char *item = strtok_r(text, " ", &state); item; item = strtok_r(NULL, " ", &state)) {
        cr_assert_lt(count, LG_LIST_MAX);
        numbers[count++] = golden_number(&info->options[i], item);
    }
    cr_assert(lg_options_set_list(info, options, i, numbers, count), "no room for the list");
}

/* info's options as `key=value;key=value` sets them, the others at their defaults. */
static inline struct lg_options golden_options(const struct lg_info *info, const char *text)
{
    struct lg_options options = lg_options_default(info);
    char copy[GOLDEN_OPTIONS], *state = NULL;
    snprintf(copy, sizeof copy, "%s", text);
    for (char *item = strtok_r(copy, ";", &state); item; item = strtok_r(NULL, ";", &state)) {
        char *value = strchr(item, '=');
        cr_assert_not_null(value, "golden option '%s'", item);
        *value++ = '\0';
        const int index = lg_option_find(info, item);
        cr_assert_geq(index, 0, "%s has no option '%s'", info->name, item);
        if (info->options[index].kind == LG_OPTION_LIST)
            golden_option_list(info, &options, (size_t)index, value);
        else
            options.value[index] = golden_option(&info->options[index], value);
    }
    return options;
}

/* Every option of info must have rows in which it is not its default. */
static inline void golden_check_options(struct golden file, const struct lg_info *info)
{
    bool found[LG_OPTIONS_MAX] = {false};
    for (struct golden group; (group = golden_next(&file)).count;) {
        if (strcmp(group.rows->name, info->name) != 0)
            continue;
        const struct lg_options options = golden_options(info, group.rows->options);
        for (size_t i = 0; i < info->option_count; i++)
            found[i] = found[i] || options.value[i] != info->options[i].default_value;
    }
    for (size_t i = 0; i < info->option_count; i++)
        cr_expect(found[i], "%s: no golden values with another %s than the default", info->name,
                  info->options[i].name);
}

/* Whether `real` holds all of these doubles; a case that it cannot is f64's. */
#define golden_are_reals(values, count) golden_are_held(values, count, LG_PRECISION)
static inline bool golden_are_held(const double *values, size_t count, int precision)
{
    for (size_t i = 0; i < count; i++)
        if (precision == 32 && (double)(float)values[i] != values[i])
            return false;
    return true;
}

#endif
