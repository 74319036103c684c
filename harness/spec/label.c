#include "harness/spec/label.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/value.h"

/* Arms that would be called the same without options stand together. */
static int compare_names(const struct arm *a, const struct arm *b)
{
    int order = strcmp(a->block_label, b->block_label);
    if (order == 0)
        order = (a->loss.index > b->loss.index) - (a->loss.index < b->loss.index);
    if (order == 0)
        order =
            (a->optimizer.index > b->optimizer.index) - (a->optimizer.index < b->optimizer.index);
    return order;
}

/* An arm while arms are sorted. */
struct entry {
    struct arm *arm;
};

static int compare_entries(const void *a, const void *b)
{
    return compare_names(((const struct entry *)a)->arm, ((const struct entry *)b)->arm);
}

/* The options that differ within a group of arms. */
struct differences {
    bool loss[LG_OPTIONS_MAX], optimizer[LG_OPTIONS_MAX], draw;
    bool batch, schedule, initialisation;
};

static void mark_differences(const struct lg_info *info, const struct lg_choice *a,
                             const struct lg_choice *b, bool differs[LG_OPTIONS_MAX])
{
    for (size_t i = 0; i < info->option_count; i++)
        if (!value_option_same(info, &a->options, &b->options, i))
            differs[i] = true;
}

static bool same_choice(const struct registry *registry, const struct lg_choice *a,
                        const struct lg_choice *b)
{
    if (a->index != b->index)
        return false;
    const struct lg_info *info = registry->info(a->index);
    for (size_t i = 0; i < info->option_count; i++)
        if (!value_option_same(info, &a->options, &b->options, i))
            return false;
    return true;
}

static void mark_setups(const struct registries *registries, const struct setup *a,
                        const struct setup *b, struct differences *found)
{
    if (a == b)
        return;
    found->batch = found->batch || a->batch != b->batch;
    found->schedule =
        found->schedule || a->has_schedule != b->has_schedule ||
        (a->has_schedule && !same_choice(&registries->schedule, &a->schedule, &b->schedule));
    found->initialisation =
        found->initialisation ||
        !same_choice(&registries->initialisation, &a->initialisation, &b->initialisation);
}

static struct differences find_differences(const struct registries *registries,
                                           const struct entry *group, size_t count)
{
    struct differences found = {.draw = false};
    const struct arm *first = group[0].arm;
    for (size_t i = 1; i < count; i++) {
        const struct arm *arm = group[i].arm;
        found.draw = found.draw || arm->draw != first->draw;
        mark_setups(registries, arm->setup, first->setup, &found);
        mark_differences(registries->loss.info(first->loss.index), &arm->loss, &first->loss,
                         found.loss);
        mark_differences(registries->optimizer.info(first->optimizer.index), &arm->optimizer,
                         &first->optimizer, found.optimizer);
    }
    return found;
}

/* A label under construction; `used` goes on counting when it is full. */
struct writer {
    char *label;
    size_t used;
};

static void append(struct writer *writer, const char *text)
{
    size_t length = strlen(text);
    if (writer->used + length < GRID_LABEL_MAX)
        memcpy(writer->label + writer->used, text, length + 1);
    writer->used += length;
}

static void append_options(struct writer *writer, const struct lg_info *info,
                           const struct lg_choice *choice, const bool shown[LG_OPTIONS_MAX])
{
    for (size_t i = 0; i < info->option_count; i++) {
        char value[VALUE_OPTION_MAX];
        if (!shown[i])
            continue;
        append(writer, " ");
        append(writer, info->options[i].name);
        append(writer, "=");
        append(writer, value_option_print(info, &choice->options, i, value));
    }
}

/* " name=entry", and its options that are not the defaults. */
static void append_entry(struct writer *writer, const char *name, const struct lg_info *info,
                         const struct lg_choice *choice)
{
    const struct lg_options defaults = lg_options_default(info);
    bool shown[LG_OPTIONS_MAX];
    for (size_t i = 0; i < info->option_count; i++)
        shown[i] = !value_option_same(info, &choice->options, &defaults, i);
    append(writer, " ");
    append(writer, name);
    append(writer, "=");
    append(writer, info->name);
    append_options(writer, info, choice, shown);
}

static void append_setup(struct writer *writer, const struct registries *registries,
                         const struct differences *shown, const struct setup *setup)
{
    char batch[VALUE_TEXT_MAX];
    if (shown->initialisation)
        append_entry(writer, "initialisation",
                     registries->initialisation.info(setup->initialisation.index),
                     &setup->initialisation);
    if (shown->schedule && setup->has_schedule)
        append_entry(writer, "schedule", registries->schedule.info(setup->schedule.index),
                     &setup->schedule);
    if (shown->schedule && !setup->has_schedule)
        append(writer, " schedule=none");
    snprintf(batch, sizeof batch, " batch=%zu", setup->batch);
    if (shown->batch)
        append(writer, batch);
}

static enum lg_status make_label(const struct registries *registries,
                                 const struct differences *shown, struct arm *arm,
                                 struct lg_error *error)
{
    struct writer writer = {.label = arm->label};
    const struct lg_info *loss = registries->loss.info(arm->loss.index);
    const struct lg_info *optimizer = registries->optimizer.info(arm->optimizer.index);
    append(&writer, arm->block_label);
    if (arm->block_label[0] != '\0' && arm->alone)
        return LG_OK;
    if (arm->block_label[0] != '\0')
        append(&writer, " ");
    append(&writer, loss->name);
    append(&writer, " ");
    append(&writer, optimizer->name);
    append_options(&writer, loss, &arm->loss, shown->loss);
    append_options(&writer, optimizer, &arm->optimizer, shown->optimizer);
    append_setup(&writer, registries, shown, arm->setup);
    if (shown->draw) {
        char draw[VALUE_TEXT_MAX];
        snprintf(draw, sizeof draw, " draw=%" PRIu64, arm->draw);
        append(&writer, draw);
    }
    if (writer.used < GRID_LABEL_MAX)
        return LG_OK;
    return node_fail(
        arm->block, error,
        "the label of the arm %s %s would be longer than %d bytes; split the block and "
        "give its parts labels",
        loss->name, optimizer->name, GRID_LABEL_MAX - 1);
}

enum lg_status labels_make(struct pool *pool, const struct registries *registries,
                           const struct grid *grid, struct lg_error *error)
{
    struct entry *sorted = pool_take(pool, grid->arm_count * sizeof *sorted, error);
    if (sorted == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < grid->arm_count; i++)
        sorted[i].arm = &grid->arms[i];
    qsort(sorted, grid->arm_count, sizeof *sorted, compare_entries);
    for (size_t first = 0, end = 0; first < grid->arm_count; first = end) {
        while (end < grid->arm_count && compare_names(sorted[first].arm, sorted[end].arm) == 0)
            end++;
        struct differences shown = find_differences(registries, sorted + first, end - first);
        for (size_t i = first; i < end; i++) {
            enum lg_status status = make_label(registries, &shown, sorted[i].arm, error);
            if (status != LG_OK)
                return status;
        }
    }
    return LG_OK;
}

void slug_make(const char *label, uint64_t seed, char slug[SPEC_NAME_MAX])
{
    size_t length = 0;
    for (; label[length] != '\0' && length < GRID_LABEL_MAX - 1; length++) {
        char c = label[length];
        bool upper = c >= 'A' && c <= 'Z';
        bool kept = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
        slug[length] = upper ? (char)(c - 'A' + 'a') : kept ? c : '-';
    }
    /* It is the name of a folder: neither an option of a command, nor hidden, nor above. */
    if (slug[0] == '.' || slug[0] == '-')
        slug[0] = '_';
    snprintf(slug + length, SPEC_NAME_MAX - length, "-s%" PRIu64, seed);
}
