#include "harness/spec/groups.h"

#include <stdlib.h>
#include <string.h>

#include "harness/support/text.h"

/* ---- Names ------------------------------------------------------------------ */

/* An arm that has no such factor is of the group of those that have none. */
static enum lg_status name_group(const struct experiment *experiment, const struct cell *cell,
                                 struct text *name, struct lg_error *error)
{
    struct factor factors[FACTORS_MAX];
    const size_t count = factors_of(experiment, cell, factors);
    for (size_t i = 0; i < experiment->tuning.by_count; i++) {
        for (size_t f = 0; f < count; f++) {
            char level[VALUE_OPTION_MAX], whole[FACTOR_NAME_MAX];
            if (!factor_is(&factors[f], experiment->tuning.by[i]))
                continue;
            const bool is_entry = factors[f].option == SIZE_MAX && !factors[f].is_number;
            text_print(name, "%s", name->size > 0 ? " " : "");
            if (!is_entry)
                text_print(name, "%s=", factor_name(&factors[f], whole));
            text_print(name, "%s", factor_print(&factors[f], level));
        }
    }
    return text_check(name, error);
}

/* ---- Groups ----------------------------------------------------------------- */

/* An arm and the name of its group, while they are put together. */
struct entry {
    char *name;
    size_t arm;
};

static int compare_entries(const void *a, const void *b)
{
    const struct entry *first = a, *second = b;
    const int order = strcmp(first->name, second->name);
    return order != 0 ? order : (first->arm > second->arm) - (first->arm < second->arm);
}

static int compare_groups(const void *a, const void *b)
{
    const struct group *first = a, *second = b;
    return (first->arms[0] > second->arms[0]) - (first->arms[0] < second->arms[0]);
}

static enum lg_status out_of_memory(struct lg_error *error)
{
    return lg_fail(error, LG_ENVIRONMENT, "not enough memory for the groups of arms");
}

/* Take the run of equal names that begins the sorted entries as a group. */
static enum lg_status add_group(struct groups *groups, const struct entry *entries, size_t count,
                                struct lg_error *error)
{
    struct group *all = realloc(groups->all, (groups->count + 1) * sizeof *all);
    if (all == NULL)
        return out_of_memory(error);
    groups->all = all;
    struct group *group = &all[groups->count++];
    *group = (struct group){strdup(entries[0].name), count, calloc(count, sizeof *group->arms)};
    if (group->name == NULL || group->arms == NULL)
        return out_of_memory(error);
    for (size_t i = 0; i < count; i++)
        group->arms[i] = entries[i].arm;
    return LG_OK;
}

static enum lg_status collect(struct entry *entries, size_t count, struct groups *groups,
                              struct lg_error *error)
{
    enum lg_status status = LG_OK;
    qsort(entries, count, sizeof *entries, compare_entries);
    for (size_t first = 0, end = 0; status == LG_OK && first < count; first = end) {
        while (end < count && strcmp(entries[end].name, entries[first].name) == 0)
            end++;
        status = add_group(groups, entries + first, end - first, error);
    }
    if (status == LG_OK)
        qsort(groups->all, groups->count, sizeof *groups->all, compare_groups);
    return status;
}

enum lg_status groups_make(const struct experiment *experiment, struct groups *groups,
                           struct lg_error *error)
{
    const size_t count = experiment->arm_count;
    struct entry *entries = calloc(count, sizeof *entries);
    *groups = (struct groups){0};
    if (entries == NULL)
        return out_of_memory(error);
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < count; i++) {
        struct text name = {0};
        struct cell cell;
        experiment_arm(experiment, i, &cell);
        status = name_group(experiment, &cell, &name, error);
        entries[i] = (struct entry){name.bytes, i};
    }
    if (status == LG_OK)
        status = collect(entries, count, groups, error);
    for (size_t i = 0; i < count; i++)
        free(entries[i].name);
    free(entries);
    if (status != LG_OK)
        groups_free(groups);
    return status;
}

void groups_free(struct groups *groups)
{
    for (size_t i = 0; i < groups->count; i++) {
        free(groups->all[i].name);
        free(groups->all[i].arms);
    }
    free(groups->all);
    *groups = (struct groups){0};
}

/* ---- Axes ------------------------------------------------------------------- */

/* A factor of an entry, and its level in the first arm that has it. */
struct seen {
    char name[FACTOR_NAME_MAX];
    const struct lg_info *entry; /* of an option; NULL: the name alone says it */
    char *level;                 /* owned */
};

struct seen_factors {
    size_t count;
    struct seen *all; /* (count) owned */
};

static void note_axis(struct group_axes *axes, const char *name)
{
    for (size_t i = 0; i < axes->count; i++)
        if (strcmp(axes->names[i], name) == 0)
            return;
    if (axes->count < FACTORS_MAX)
        memcpy(axes->names[axes->count++], name, FACTOR_NAME_MAX);
}

/* Take the level, or see that it is another one. */
static enum lg_status see(struct seen_factors *seen, const struct factor *factor,
                          struct group_axes *axes, struct lg_error *error)
{
    char name[FACTOR_NAME_MAX] = "", level[VALUE_OPTION_MAX];
    const struct lg_info *entry = factor->option != SIZE_MAX ? factor->info : NULL;
    factor_name(factor, name);
    factor_print(factor, level);
    for (size_t i = 0; i < seen->count; i++) {
        if (seen->all[i].entry != entry || strcmp(seen->all[i].name, name) != 0)
            continue;
        if (strcmp(seen->all[i].level, level) != 0)
            note_axis(axes, name);
        return LG_OK;
    }
    struct seen *all = realloc(seen->all, (seen->count + 1) * sizeof *all);
    if (all == NULL)
        return out_of_memory(error);
    seen->all = all;
    struct seen *next = &all[seen->count];
    *next = (struct seen){.entry = entry, .level = strdup(level)};
    memcpy(next->name, name, sizeof name);
    if (next->level == NULL)
        return out_of_memory(error);
    seen->count++;
    return LG_OK;
}

enum lg_status group_axes(const struct experiment *experiment, const struct group *group,
                          struct group_axes *axes, struct lg_error *error)
{
    struct seen_factors seen = {0};
    enum lg_status status = LG_OK;
    axes->count = 0;
    for (size_t i = 0; status == LG_OK && i < group->count; i++) {
        struct cell cell;
        struct factor factors[FACTORS_MAX];
        experiment_arm(experiment, group->arms[i], &cell);
        const size_t count = factors_of(experiment, &cell, factors);
        for (size_t f = 0; status == LG_OK && f < count; f++)
            status = see(&seen, &factors[f], axes, error);
    }
    for (size_t i = 0; i < seen.count; i++)
        free(seen.all[i].level);
    free(seen.all);
    return status;
}
