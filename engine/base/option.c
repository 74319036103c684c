#include "engine/base/option.h"

#include <assert.h>
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

int lg_option_find(const struct lg_info *info, const char *name)
{
    for (size_t i = 0; i < info->option_count; i++)
        if (strcmp(info->options[i].name, name) == 0)
            return (int)i;
    return -1;
}
