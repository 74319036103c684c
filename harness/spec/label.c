#include "harness/spec/label.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/value.h"

/* ---- What labels show ---------------------------------------------------- */

static int compare_names(const struct product *a, const struct product *b)
{
    const size_t loss[] = {a->losses->base.index, b->losses->base.index};
    const size_t optimizer[] = {a->optimizers->base.index, b->optimizers->base.index};
    int order = strcmp(a->block->label, b->block->label);
    if (order == 0)
        order = (loss[0] > loss[1]) - (loss[0] < loss[1]);
    if (order == 0)
        order = (optimizer[0] > optimizer[1]) - (optimizer[0] < optimizer[1]);
    return order;
}

bool labels_share_name(const struct product *a, const struct product *b)
{
    return compare_names(a, b) == 0;
}

/* A product while products are sorted. */
struct entry {
    struct product *product;
};

/* Products of one name stand together, in the order of the grid. */
static int compare_entries(const void *a, const void *b)
{
    const struct product *first = ((const struct entry *)a)->product;
    const struct product *second = ((const struct entry *)b)->product;
    const int order = compare_names(first, second);
    return order != 0 ? order : (first > second) - (first < second);
}

/* Mark the options in which an arm of the product differs from `like`. */
static void mark_set(const struct registry *registry, const struct product *product,
                     const struct choice_set *set, const struct lg_choice *like,
                     bool differs[LG_OPTIONS_MAX])
{
    const struct lg_info *info = registry->info(set->base.index);
    bool is_axis[LG_OPTIONS_MAX] = {false};
    for (size_t i = 0; i < set->axis_count; i++) {
        const struct axis *axis = &set->axes[i];
        is_axis[axis->option] = true;
        for (size_t j = 0; j < axis->count && !differs[axis->option]; j++) {
            const struct lg_choice choice = choice_set_with(registry, set, i, j);
            differs[axis->option] =
                !value_option_same(info, &choice.options, &like->options, axis->option) &&
                grid_uses(product, set, i, j);
        }
    }
    for (size_t i = 0; i < info->option_count; i++)
        if (!is_axis[i] && !value_option_same(info, &set->base.options, &like->options, i))
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

/* True if a value of the key, or the single one where it is absent, is another than `like`. */
static bool has_other(const struct registry *registry, const struct entries *entries,
                      const struct lg_choice *single, const struct lg_choice *like)
{
    if (entries->count == 0)
        return !same_choice(registry, single, like);
    for (size_t i = 0; i < entries->count; i++) {
        const struct lg_choice choice = entries_get(registry, entries, i);
        if (!same_choice(registry, &choice, like))
            return true;
    }
    return false;
}

static void mark_setups(const struct registries *registries, const struct setups *setups,
                        const struct setup *like, struct shown *shown)
{
    for (size_t i = 0; i < setups->batch_count; i++)
        shown->batch = shown->batch || (size_t)setups->batches[i] != like->batch;
    if (setups->batch_count == 0)
        shown->batch = shown->batch || setups->common.batch != like->batch;
    const bool has_schedule = setups->schedules.count > 0 || setups->common.has_schedule;
    shown->schedule = shown->schedule || has_schedule != like->has_schedule ||
                      (has_schedule && has_other(&registries->schedule, &setups->schedules,
                                                 &setups->common.schedule, &like->schedule));
    shown->initialisation =
        shown->initialisation || has_other(&registries->initialisation, &setups->initialisations,
                                           &setups->common.initialisation, &like->initialisation);
}

static void find_shown(const struct grid *grid, const struct entry *group, size_t count,
                       struct shown *shown)
{
    const struct registries *registries = &grid->registries;
    const struct arm first = grid_arm(grid, group[0].product->first_arm);
    for (size_t i = 0; i < count; i++) {
        struct product *product = group[i].product;
        product->shown = shown;
        shown->draw = shown->draw || product->block->draw != first.product->block->draw;
        mark_set(&registries->loss, product, product->losses, &first.loss, shown->loss);
        mark_set(&registries->optimizer, product, product->optimizers, &first.optimizer,
                 shown->optimizer);
        mark_setups(registries, &product->block->setups, &first.setup, shown);
    }
}

enum lg_status labels_prepare(struct pool *pool, struct grid *grid, struct lg_error *error)
{
    const size_t count = grid->product_count;
    struct entry *sorted = pool_take(pool, count * sizeof *sorted, error);
    struct shown *shown = pool_take(pool, count * sizeof *shown, error);
    if (sorted == NULL || shown == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++)
        sorted[i].product = &grid->products[i];
    qsort(sorted, count, sizeof *sorted, compare_entries);
    for (size_t first = 0, end = 0; first < count; first = end) {
        while (end < count && compare_names(sorted[first].product, sorted[end].product) == 0)
            end++;
        find_shown(grid, sorted + first, end - first, shown++);
    }
    return LG_OK;
}

/* ---- Labels -------------------------------------------------------------- */

/* A label under construction; `used` goes on counting when it is full. */
struct writer {
    char *label;
    size_t used;
};

static void append(struct writer *writer, const char *text)
{
    const size_t length = strlen(text);
    if (writer->used < GRID_LABEL_MAX - 1)
        snprintf(writer->label + writer->used, GRID_LABEL_MAX - writer->used, "%s", text);
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
                         const struct shown *shown, const struct setup *setup)
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

/* The block's label, the loss and the optimizer; true if there is more to say. */
static bool append_name(struct writer *writer, const struct grid *grid,
                        const struct product *product)
{
    const struct block *block = product->block;
    append(writer, block->label);
    if (block->label[0] != '\0' && block->arm_count == 1)
        return false;
    if (block->label[0] != '\0')
        append(writer, " ");
    append(writer, grid->registries.loss.names[product->losses->base.index]);
    append(writer, " ");
    append(writer, grid->registries.optimizer.names[product->optimizers->base.index]);
    return true;
}

bool label_make(const struct grid *grid, const struct arm *arm, char label[GRID_LABEL_MAX])
{
    struct writer writer = {.label = label};
    const struct registries *registries = &grid->registries;
    const struct shown *shown = arm->product->shown;
    if (!append_name(&writer, grid, arm->product))
        return writer.used < GRID_LABEL_MAX;
    append_options(&writer, registries->loss.info(arm->loss.index), &arm->loss, shown->loss);
    append_options(&writer, registries->optimizer.info(arm->optimizer.index), &arm->optimizer,
                   shown->optimizer);
    append_setup(&writer, registries, shown, &arm->setup);
    if (shown->draw) {
        char draw[VALUE_TEXT_MAX];
        snprintf(draw, sizeof draw, " draw=%" PRIu64, arm->product->block->draw);
        append(&writer, draw);
    }
    return writer.used < GRID_LABEL_MAX;
}

void label_name(const struct grid *grid, const struct product *product, char label[GRID_LABEL_MAX])
{
    struct writer writer = {.label = label};
    (void)append_name(&writer, grid, product);
}

void label_cut(char label[GRID_LABEL_MAX], const char id[EXPERIMENT_ID_BYTES + 1])
{
    size_t end = GRID_LABEL_MAX - 1 - 1 - EXPERIMENT_ID_BYTES;
    while (end > 0 && ((unsigned char)label[end] & 0xc0u) == 0x80u) /* within a character */
        end--;
    snprintf(label + end, GRID_LABEL_MAX - end, "-%s", id);
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
