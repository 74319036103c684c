#include "harness/gradcheck/variants.h"

#include <stdio.h>
#include <string.h>

#include "harness/spec/value.h"

/* Values tried for a number whose default is d, before those that do not depend on it. */
static const double factors[] = {0.5, 2};
static const double values[] = {0.25, 0.5, 0.75, 2, 1, 3, 0};
enum { FACTORS = sizeof factors / sizeof *factors, VALUES = sizeof values / sizeof *values };

static const double SMALL = 1e-3, REACHED = 0.25;

/* At most so many values of one option other than its default. */
enum { NUMBERS_MAX = 2 };

static bool in_range(const struct lg_option *option, double value)
{
    const bool above = option->above_minimum ? value > option->minimum : value >= option->minimum;
    return above && value <= option->maximum;
}

static bool is_number_of(const struct lg_option *option, double value)
{
    const bool whole = option->kind != LG_OPTION_INTEGER || value == (double)(int)value;
    return whole && in_range(option, value) && value != option->default_value;
}

/* The alternatives of a number; returns how many. */
static size_t numbers_of(const struct lg_option *option, double found[NUMBERS_MAX])
{
    size_t count = 0;
    /* One so small that no ordinary point comes near it is tried at a size that they reach:
     * both sides of what it decides are looked at. */
    if (option->default_value > 0 && option->default_value < SMALL && is_number_of(option, REACHED))
        found[count++] = REACHED;
    for (size_t i = 0; i < FACTORS + VALUES && count < NUMBERS_MAX; i++) {
        const double value = i < FACTORS ? factors[i] * option->default_value : values[i - FACTORS];
        if (is_number_of(option, value) && (count == 0 || value != found[0]))
            found[count++] = value;
    }
    return count;
}

static size_t alternatives(const struct lg_option *option)
{
    double numbers[NUMBERS_MAX];
    size_t words = 0;
    switch (option->kind) {
    case LG_OPTION_CHOICE:
        while (option->choices[words] != NULL)
            words++;
        return words - 1;
    case LG_OPTION_FLAG:
    case LG_OPTION_LIST:
        return 1;
    case LG_OPTION_REAL:
    case LG_OPTION_INTEGER:
        break;
    }
    return numbers_of(option, numbers);
}

static void set_alternative(const struct lg_info *info, struct lg_options *options, size_t i,
                            size_t alternative, size_t features)
{
    const struct lg_option *option = &info->options[i];
    double numbers[NUMBERS_MAX], list[LG_LIST_MAX];
    const size_t first = (size_t)option->default_value;
    switch (option->kind) {
    case LG_OPTION_CHOICE:
        options->value[i] = (double)(alternative < first ? alternative : alternative + 1);
        return;
    case LG_OPTION_FLAG:
        options->value[i] = option->default_value == 0;
        return;
    case LG_OPTION_LIST:
        for (size_t f = 0; f < features && f < LG_LIST_MAX; f++)
            list[f] = 0.5 + 0.5 * (double)f;
        (void)lg_options_set_list(info, options, i, list, features);
        return;
    case LG_OPTION_REAL:
    case LG_OPTION_INTEGER:
        break;
    }
    if (alternative < numbers_of(option, numbers))
        options->value[i] = numbers[alternative];
}

size_t variants_count(const struct lg_info *info)
{
    size_t count = 1;
    for (size_t i = 0; i < info->option_count; i++)
        count += alternatives(&info->options[i]);
    return info->option_count > 1 ? count + 1 : count;
}

struct lg_options variants_get(const struct lg_info *info, size_t index, size_t features)
{
    struct lg_options options = lg_options_default(info);
    if (index == 0)
        return options;
    size_t left = index - 1;
    for (size_t i = 0; i < info->option_count; i++) {
        const size_t own = alternatives(&info->options[i]);
        if (left < own) {
            set_alternative(info, &options, i, left, features);
            return options;
        }
        left -= own;
    }
    for (size_t i = 0; i < info->option_count; i++)
        set_alternative(info, &options, i, 0, features);
    return options;
}

const char *variants_describe(const struct lg_info *info, const struct lg_options *options,
                              char buffer[SUBJECT_OPTIONS_MAX])
{
    const struct lg_options defaults = lg_options_default(info);
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; i < info->option_count && used < SUBJECT_OPTIONS_MAX; i++) {
        char text[VALUE_OPTION_MAX];
        if (!value_option_same(info, options, &defaults, i))
            used += (size_t)snprintf(buffer + used, SUBJECT_OPTIONS_MAX - used, "%s%s=%s",
                                     used > 0 ? ";" : "", info->options[i].name,
                                     value_option_print(info, options, i, text));
    }
    return buffer;
}
