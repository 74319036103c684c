#include "harness/spec/setup.h"

#include "harness/spec/axis.h"
#include "harness/spec/choice.h"

static enum lg_status read_entries(const struct section *block, const char *name,
                                   const struct registry *registry, size_t most,
                                   struct entries *entries)
{
    const struct node *node = NULL;
    enum lg_status status = section_node(block, name, &node);
    if (status != LG_OK || node == NULL)
        return status;
    const struct path path = path_key(block->path.text, name);
    const struct member single = {.value = node};
    const bool several = node->kind == NODE_LIST;
    const struct member *members = several ? node->members : &single;
    entries->set_count = several ? node->count : 1;
    if (entries->set_count == 0)
        return node_fail_expected(node, block->error, path.text,
                                  "a name, or a list of at least one");
    entries->sets =
        pool_take(block->pool, entries->set_count * sizeof *entries->sets, block->error);
    if (entries->sets == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; status == LG_OK && i < entries->set_count; i++) {
        const struct path place = path_entry(path.text, i);
        status = choice_read_set(block->pool, registry, members[i].value,
                                 several ? place.text : path.text, &entries->sets[i], block->error);
        if (status == LG_OK && entries->count <= most)
            entries->count += choice_set_count(&entries->sets[i], most);
    }
    return status;
}

struct lg_choice entries_get(const struct registry *registry, const struct entries *entries,
                             size_t index)
{
    size_t set = 0;
    for (size_t count; (count = choice_set_count(&entries->sets[set], SIZE_MAX - 1)) <= index;
         set++)
        index -= count;
    return choice_set_get(registry, &entries->sets[set], index);
}

/* The batches of a block; *count 0: it has none. */
static enum lg_status read_batches(const struct section *block, const struct registries *registries,
                                   double **values, size_t *count)
{
    static const struct lg_option batch = {
        .name = "batch", .kind = LG_OPTION_INTEGER, .minimum = 1, .maximum = SPEC_BATCH_MAX};
    const struct node *node = NULL;
    enum lg_status status = section_node(block, "batch", &node);
    if (status != LG_OK || node == NULL)
        return status;
    const struct path path = path_key(block->path.text, "batch");
    if (node->kind == NODE_MAPPING)
        return axis_read(block->pool, &registries->optimizer, "batch", &batch, node, path.text,
                         values, count, block->error);
    const struct member single = {.value = node};
    const bool several = node->kind == NODE_LIST;
    const struct member *members = several ? node->members : &single;
    *count = several ? node->count : 1;
    if (*count == 0)
        return node_fail_expected(node, block->error, path.text,
                                  "a value, or a list of at least one");
    *values = pool_take(block->pool, *count * sizeof **values, block->error);
    if (*values == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; status == LG_OK && i < *count; i++) {
        const struct path place = path_entry(path.text, i);
        uint64_t value = 0;
        status = schema_integer(members[i].value, several ? place.text : path.text, 1,
                                SPEC_BATCH_MAX, NULL, &value, block->error);
        (*values)[i] = (double)value;
    }
    return status;
}

enum lg_status setups_read(const struct section *block, const struct registries *registries,
                           const struct setup *common, size_t most, struct setups *setups)
{
    double *batches = NULL;
    *setups = (struct setups){.count = 1, .common = *common};
    enum lg_status status = read_batches(block, registries, &batches, &setups->batch_count);
    setups->batches = batches;
    if (status == LG_OK)
        status = read_entries(block, "schedule", &registries->schedule, most, &setups->schedules);
    if (status == LG_OK)
        status = read_entries(block, "initialisation", &registries->initialisation, most,
                              &setups->initialisations);
    if (status != LG_OK)
        return status;
    const size_t counts[] = {setups->batch_count, setups->schedules.count,
                             setups->initialisations.count};
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
        const size_t count = counts[i] > 0 ? counts[i] : 1;
        if (count > most / setups->count)
            return node_fail(block->node, block->error, "%s: the grid has more than %zu cells",
                             block->path.text, most);
        setups->count *= count;
    }
    return LG_OK;
}

struct setup setups_get(const struct registries *registries, const struct setups *setups,
                        size_t index)
{
    struct setup setup = setups->common;
    if (setups->batch_count > 0) {
        setup.batch = (size_t)setups->batches[index % setups->batch_count];
        index /= setups->batch_count;
    }
    if (setups->schedules.count > 0) {
        setup.has_schedule = true;
        setup.schedule =
            entries_get(&registries->schedule, &setups->schedules, index % setups->schedules.count);
        index /= setups->schedules.count;
    }
    if (setups->initialisations.count > 0)
        setup.initialisation =
            entries_get(&registries->initialisation, &setups->initialisations, index);
    return setup;
}
