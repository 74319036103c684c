#include "lossgrid/option.h"

#include <assert.h>
#include <float.h>
#include <string.h>

const char *const lg_reductions[] = {"mean", "sum", NULL};

struct lg_options lg_options_default(const struct lg_info *info)
{
    assert(info->option_count <= LG_OPTIONS_MAX);
    struct lg_options options = {.value = {0}};
    for (size_t i = 0; i < info->option_count; i++)
        options.value[i] = info->options[i].default_value;
    return options;
}

/* A list's value: where it begins in `list`, and how many numbers it has. */
enum { LIST_UNIT = 2 * LG_LIST_MAX };

const double *lg_options_list(const struct lg_options *options, size_t i, size_t *count)
{
    const size_t place = (size_t)options->value[i];
    *count = place % LIST_UNIT;
    return options->list + place / LIST_UNIT;
}

bool lg_options_set_list(const struct lg_info *info, struct lg_options *options, size_t i,
                         const double *numbers, size_t count)
{
    size_t used = 0;
    for (size_t other = 0; other < info->option_count; other++)
        if (info->options[other].kind == LG_OPTION_LIST) {
            size_t more;
            lg_options_list(options, other, &more);
            used += more;
        }
    assert(options->value[i] == 0);
    if (count > LG_LIST_MAX - used)
        return false;
    memcpy(options->list + used, numbers, count * sizeof *numbers);
    options->value[i] = (double)(used * LIST_UNIT + count);
    return true;
}

/* The range of a precision's normal numbers, and what a square must not be below. */
struct range {
    double least, most, least_root, epsilon;
};

static struct range range_of(enum lg_precision precision)
{
    if (precision == LG_F32)
        return (struct range){(double)FLT_MIN, (double)FLT_MAX, 0x1p-63, (double)FLT_EPSILON};
    return (struct range){DBL_MIN, DBL_MAX, 0x1p-511, DBL_EPSILON};
}

/* True if 1, or the number next to it, is an end of the range. */
static bool ends_at_one(const struct lg_option *option)
{
    return option->minimum == 1 || (option->maximum <= 1 && option->maximum > 1 - 1e-6);
}

static double magnitude(double number)
{
    return number < 0 ? -number : number;
}

static struct lg_gap with_sign(double number, double below, double above)
{
    return number < 0 ? (struct lg_gap){-above, 0 - below} : (struct lg_gap){below, above};
}

bool lg_option_gap(const struct lg_option *option, enum lg_precision precision, double number,
                   struct lg_gap *gap)
{
    if (option->kind != LG_OPTION_REAL && option->kind != LG_OPTION_LIST)
        return false;
    const struct range range = range_of(option->is_double ? LG_F64 : precision);
    const double size = magnitude(number);
    const double least = option->beside_root ? range.least_root : range.least;
    if (size > 0 && size < least) {
        *gap = with_sign(number, 0, least);
        return true;
    }
    if (size > range.most) {
        *gap = with_sign(number, range.most, (double)__builtin_inf());
        return true;
    }
    const double rounded = range.most < DBL_MAX ? (double)(float)number : number;
    if (number != 1 && rounded == 1 && ends_at_one(option)) {
        *gap = number < 1 ? (struct lg_gap){1 - range.epsilon / 2, 1}
                          : (struct lg_gap){1, 1 + range.epsilon};
        return true;
    }
    return false;
}

int lg_option_find(const struct lg_info *info, const char *name)
{
    for (size_t i = 0; i < info->option_count; i++)
        if (strcmp(info->options[i].name, name) == 0)
            return (int)i;
    return -1;
}
