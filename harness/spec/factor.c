#include "harness/spec/factor.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Append an entry (NULL: none) and its options. */
static size_t add_entry(struct factor *factors, size_t count, const char *kind,
                        const struct lg_info *info, const struct lg_choice *choice)
{
    const size_t options = info != NULL ? info->option_count : 0;
    assert(count + options < FACTORS_MAX); /* five entries of at most LG_OPTIONS_MAX options */
    factors[count++] = (struct factor){kind, info, choice, SIZE_MAX, 0, false};
    for (size_t i = 0; i < options; i++)
        factors[count++] = (struct factor){kind, info, choice, i, 0, false};
    return count;
}

_Static_assert(5 * (LG_OPTIONS_MAX + 1) + 2 <= FACTORS_MAX, "raise FACTORS_MAX");

size_t factors_of(const struct experiment *experiment, const struct cell *cell,
                  struct factor factors[FACTORS_MAX])
{
    const struct lg_backend *from = experiment->registries;
    const struct setup *setup = &cell->setup;
    size_t count = add_entry(factors, 0, "loss", from->loss(cell->loss.index), &cell->loss);
    count = add_entry(factors, count, "optimizer", from->optimizer(cell->optimizer.index),
                      &cell->optimizer);
    count = add_entry(factors, count, "activation", from->activation(cell->activation.index),
                      &cell->activation);
    count = add_entry(factors, count, "initialisation",
                      from->initialisation(setup->initialisation.index), &setup->initialisation);
    count = add_entry(factors, count, "schedule",
                      setup->has_schedule ? from->schedule(setup->schedule.index) : NULL,
                      setup->has_schedule ? &setup->schedule : NULL);
    factors[count++] = (struct factor){"batch", NULL, NULL, SIZE_MAX, setup->batch, true};
    factors[count++] = (struct factor){"draw", NULL, NULL, SIZE_MAX, cell->draw, true};
    return count;
}

static bool is_option(const struct factor *factor)
{
    return factor->option != SIZE_MAX;
}

static const struct lg_option *option_of(const struct factor *factor)
{
    return &factor->info->options[factor->option];
}

const char *factor_name(const struct factor *factor, char buffer[FACTOR_NAME_MAX])
{
    snprintf(buffer, FACTOR_NAME_MAX, "%s%s%s", factor->kind, is_option(factor) ? "." : "",
             is_option(factor) ? option_of(factor)->name : "");
    return buffer;
}

bool factor_is(const struct factor *factor, const char *name)
{
    char whole[FACTOR_NAME_MAX];
    return strcmp(factor_name(factor, whole), name) == 0 ||
           (is_option(factor) && strcmp(option_of(factor)->name, name) == 0);
}

const char *factor_print(const struct factor *factor, char buffer[VALUE_OPTION_MAX])
{
    if (is_option(factor))
        return value_option_print(factor->info, &factor->choice->options, factor->option, buffer);
    if (factor->is_number)
        snprintf(buffer, VALUE_OPTION_MAX, "%" PRIu64, factor->number);
    else
        snprintf(buffer, VALUE_OPTION_MAX, "%s",
                 factor->info != NULL ? factor->info->name : "none");
    return buffer;
}

bool factor_level(const struct factor *factor, double *level)
{
    if (is_option(factor)) {
        const enum lg_option_kind kind = option_of(factor)->kind;
        *level = factor->choice->options.value[factor->option];
        return kind == LG_OPTION_REAL || kind == LG_OPTION_INTEGER;
    }
    *level = (double)factor->number;
    return factor->is_number;
}
