/* Option values to try a property with, for any entry of a registry. */
#ifndef TESTS_UNIT_OPTIONS_H
#define TESTS_UNIT_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/option.h"
#include "lossgrid/pcg.h"

enum { OPTION_TRIALS = 11 };

static inline bool is_whole(double value)
{
    return __builtin_fabs(value) >= 0x1p53 || (double)(int64_t)value == value;
}

static inline bool option_allows(const struct lg_option *option, double value)
{
    if (value > option->maximum || (option->kind == LG_OPTION_INTEGER && !is_whole(value)))
        return false;
    return option->above_minimum ? value > option->minimum : value >= option->minimum;
}

/* The trial-th value to try, trial < OPTION_TRIALS: the default, the ends of the
 * range, and what lies in it of a few magnitudes; the default where it does not. Lists
 * stay empty. */
static inline double option_trial(const struct lg_option *option, size_t trial)
{
    static const double magnitudes[] = {1e-3, 0.1, 0.5, 0.9, 1, 2, 30, 1e30};
    double value = option->default_value;
    if (option->kind == LG_OPTION_LIST)
        return value;
    if (option->kind == LG_OPTION_CHOICE || option->kind == LG_OPTION_FLAG)
        return (double)(trial % (size_t)(option->maximum + 1));
    if (trial == 1)
        value = option->minimum;
    else if (trial == 2)
        value = option->maximum;
    else if (trial > 2)
        value = magnitudes[trial - 3];
    return option_allows(option, value) ? value : option->default_value;
}

/* Every option drawn among its trial values, half of them left at the default. */
static inline struct lg_options random_options(struct lg_pcg *pcg, const struct lg_info *info)
{
    struct lg_options options = lg_options_default(info);
    for (size_t i = 0; i < info->option_count; i++)
        if (lg_pcg_below(pcg, 2))
            options.value[i] = option_trial(&info->options[i], lg_pcg_below(pcg, OPTION_TRIALS));
    return options;
}

#endif
