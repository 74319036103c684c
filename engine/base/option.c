#include "engine/base/option.h"

#include <assert.h>
#include <string.h>

const char *const lg_reductions[] = {"mean", "sum", NULL};

struct lg_options lg_options_default(const struct lg_info *info)
{
    assert(info->option_count <= LG_OPTIONS_MAX);
    struct lg_options options = {{0}};
    for (size_t i = 0; i < info->option_count; i++)
        options.value[i] = info->options[i].default_value;
    return options;
}

int lg_option_find(const struct lg_info *info, const char *name)
{
    for (size_t i = 0; i < info->option_count; i++)
        if (strcmp(info->options[i].name, name) == 0)
            return (int)i;
    return -1;
}
