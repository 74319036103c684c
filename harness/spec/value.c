#include "harness/spec/value.h"

#include <errno.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *skip_digits(const char *text)
{
    while (*text >= '0' && *text <= '9')
        text++;
    return text;
}

static const char *skip_sign(const char *text)
{
    return *text == '+' || *text == '-' ? text + 1 : text;
}

/* Digits without a leading zero, which older YAML reads as octal. */
static const char *skip_whole(const char *text)
{
    return *text == '0' ? text + 1 : skip_digits(text);
}

bool value_integer(const char *text, int64_t *value)
{
    const char *digits = skip_sign(text);
    const char *end = skip_whole(digits);
    if (end == digits || *end != '\0')
        return false;
    errno = 0;
    long long parsed = strtoll(text, NULL, 10);
    *value = parsed;
    return errno == 0;
}

bool value_real(const char *text, double *value)
{
    const char *whole = skip_sign(text);
    const char *end = skip_whole(whole);
    size_t digits = (size_t)(end - whole);
    if (*end == '.') {
        const char *fraction = end + 1;
        end = skip_digits(fraction);
        digits += (size_t)(end - fraction);
    }
    if (digits == 0)
        return false;
    if (*end == 'e' || *end == 'E') {
        const char *exponent = skip_sign(end + 1);
        end = skip_digits(exponent);
        if (end == exponent)
            return false;
    }
    if (*end != '\0')
        return false;
    errno = 0;
    double parsed = strtod(text, NULL);
    *value = parsed == 0 ? 0 : parsed;
    return isfinite(parsed) && !(errno == ERANGE && parsed == 0);
}

const char *value_print(double value, char buffer[VALUE_TEXT_MAX])
{
    for (int digits = 1; digits <= DBL_DECIMAL_DIG; digits++) {
        snprintf(buffer, VALUE_TEXT_MAX, "%.*g", digits, value);
        if (strtod(buffer, NULL) == value)
            break;
    }
    /* 1e+01 to 10; 1e-05 and 1e+20 to 1e-5 and 1e20, which are shorter and have
     * no '+' that a file name could not keep. */
    char *exponent = strchr(buffer, 'e');
    if (exponent != NULL) {
        long power = strtol(exponent + 1, NULL, 10);
        if (power >= 0 && power < DBL_DIG) {
            snprintf(buffer, VALUE_TEXT_MAX, "%.0f", value);
            return buffer;
        }
        snprintf(exponent, (size_t)(buffer + VALUE_TEXT_MAX - exponent), "e%ld", power);
    }
    return buffer;
}

static bool in_range(const struct lg_option *option, double value)
{
    bool above = option->above_minimum ? value > option->minimum : value >= option->minimum;
    return above && value <= option->maximum;
}

bool value_option(const struct lg_option *option, const char *text, double *value)
{
    int64_t whole = 0;
    switch (option->kind) {
    case LG_OPTION_REAL:
        if (!value_real(text, value))
            return false;
        break;
    case LG_OPTION_INTEGER:
        if (!value_integer(text, &whole))
            return false;
        *value = (double)whole;
        break;
    case LG_OPTION_FLAG:
        *value = strcmp(text, "true") == 0;
        return *value != 0 || strcmp(text, "false") == 0;
    case LG_OPTION_CHOICE:
        for (size_t i = 0; option->choices[i] != NULL; i++) {
            if (strcmp(option->choices[i], text) == 0) {
                *value = (double)i;
                return true;
            }
        }
        return false;
    case LG_OPTION_LIST:
        return false;
    }
    return in_range(option, *value);
}

bool value_list_entry(const struct lg_option *option, const char *text, double *value)
{
    return value_real(text, value) && in_range(option, *value);
}

/* "a number from 0 to 1", "a number above 0", "a number" … */
static void describe_range(const struct lg_option *option, char buffer[VALUE_EXPECTED_MAX])
{
    const char *kind = option->kind == LG_OPTION_INTEGER ? "a whole number" : "a number";
    bool low = option->minimum > -DBL_MAX;
    bool high = option->maximum < DBL_MAX;
    char minimum[VALUE_TEXT_MAX], maximum[VALUE_TEXT_MAX];
    value_print(option->minimum, minimum);
    value_print(option->maximum, maximum);
    if (low && high && !option->above_minimum)
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s from %s to %s", kind, minimum, maximum);
    else if (low && high)
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s above %s and at most %s", kind, minimum, maximum);
    else if (low && option->above_minimum)
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s above %s", kind, minimum);
    else if (low)
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s, %s or more", kind, minimum);
    else if (high)
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s, at most %s", kind, maximum);
    else
        snprintf(buffer, VALUE_EXPECTED_MAX, "%s", kind);
}

const char *value_option_expected(const struct lg_option *option, char buffer[VALUE_EXPECTED_MAX])
{
    if (option->kind == LG_OPTION_FLAG) {
        snprintf(buffer, VALUE_EXPECTED_MAX, "true or false");
    } else if (option->kind == LG_OPTION_CHOICE) {
        size_t used = (size_t)snprintf(buffer, VALUE_EXPECTED_MAX, "one of");
        for (size_t i = 0; option->choices[i] != NULL && used < VALUE_EXPECTED_MAX; i++)
            used += (size_t)snprintf(buffer + used, VALUE_EXPECTED_MAX - used, "%s %s",
                                     i > 0 ? "," : "", option->choices[i]);
    } else if (option->kind == LG_OPTION_LIST) {
        char entry[VALUE_EXPECTED_MAX];
        describe_range(option, entry);
        snprintf(buffer, VALUE_EXPECTED_MAX, "a list of at most %d, each %.200s", LG_LIST_MAX,
                 entry);
    } else {
        describe_range(option, buffer);
    }
    return buffer;
}

const char *value_list_entry_expected(const struct lg_option *option,
                                      char buffer[VALUE_EXPECTED_MAX])
{
    describe_range(option, buffer);
    return buffer;
}

bool value_is_held(const struct lg_option *option, enum lg_precision precision, double value,
                   char buffer[VALUE_EXPECTED_MAX])
{
    struct lg_gap gap, other;
    if (!lg_option_gap(option, precision, value, &gap))
        return true;
    char below[VALUE_TEXT_MAX], above[VALUE_TEXT_MAX];
    const bool is_square = option->beside_root && (gap.below == 0 || gap.above == 0);
    const bool low = in_range(option, gap.below);
    const bool high = isfinite(gap.above) && in_range(option, gap.above);
    value_print(gap.below, below);
    value_print(gap.above, above);
    size_t used = 0;
    if (low && high)
        used = (size_t)snprintf(buffer, VALUE_EXPECTED_MAX, "at most %s, or at least %s", below,
                                above);
    else if (low)
        used = (size_t)snprintf(buffer, VALUE_EXPECTED_MAX, "at most %s", below);
    else
        used = (size_t)snprintf(buffer, VALUE_EXPECTED_MAX, "at least %s", above);
    used += (size_t)snprintf(
        buffer + used, VALUE_EXPECTED_MAX - used, ": %s %s", lg_precision_name(precision),
        is_square ? "squares gradients of that size to 0" : "holds nothing between");
    if (precision == LG_F32 && !lg_option_gap(option, LG_F64, value, &other))
        snprintf(buffer + used, VALUE_EXPECTED_MAX - used,
                 is_square ? " (f64 does not)" : " (f64 does)");
    return false;
}

static void print_list(const double *numbers, size_t count, char buffer[VALUE_OPTION_MAX])
{
    size_t used = (size_t)snprintf(buffer, VALUE_OPTION_MAX, "[");
    for (size_t i = 0; i < count; i++) {
        char number[VALUE_TEXT_MAX];
        used += (size_t)snprintf(buffer + used, VALUE_OPTION_MAX - used, "%s%s", i > 0 ? "," : "",
                                 value_print(numbers[i], number));
    }
    snprintf(buffer + used, VALUE_OPTION_MAX - used, "]");
}

const char *value_option_print(const struct lg_info *info, const struct lg_options *options,
                               size_t i, char buffer[VALUE_OPTION_MAX])
{
    const struct lg_option *option = &info->options[i];
    const double value = options->value[i];
    if (option->kind == LG_OPTION_FLAG) {
        snprintf(buffer, VALUE_OPTION_MAX, "%s", value != 0 ? "true" : "false");
    } else if (option->kind == LG_OPTION_CHOICE) {
        snprintf(buffer, VALUE_OPTION_MAX, "%s", option->choices[(size_t)value]);
    } else if (option->kind == LG_OPTION_LIST) {
        size_t count;
        const double *numbers = lg_options_list(options, i, &count);
        print_list(numbers, count, buffer);
    } else {
        value_print(value, buffer);
    }
    return buffer;
}

bool value_option_same(const struct lg_info *info, const struct lg_options *a,
                       const struct lg_options *b, size_t i)
{
    if (info->options[i].kind != LG_OPTION_LIST)
        return a->value[i] == b->value[i];
    size_t count_a, count_b; /* the places of the lists do not matter */
    const double *list_a = lg_options_list(a, i, &count_a);
    const double *list_b = lg_options_list(b, i, &count_b);
    bool same = count_a == count_b;
    for (size_t j = 0; same && j < count_a; j++)
        same = list_a[j] == list_b[j];
    return same;
}

const struct lg_option *value_list_of_other_length(const struct lg_info *info,
                                                   const struct lg_options *options, size_t count,
                                                   bool one_for_all, size_t *found)
{
    for (size_t i = 0; i < info->option_count; i++) {
        if (info->options[i].kind != LG_OPTION_LIST)
            continue;
        lg_options_list(options, i, found);
        if (*found != 0 && *found != count && !(one_for_all && *found == 1))
            return &info->options[i];
    }
    return NULL;
}
