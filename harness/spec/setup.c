#include "harness/spec/setup.h"

#include "harness/spec/axis.h"
#include "harness/spec/choice.h"

/* The values of a key that names entries of a registry. */
struct entries {
    const struct registry *registry;
    size_t set_count;
    struct choice_set *sets; /* (set_count), in the pool */
    size_t count;            /* of all sets' combinations; 0: the key is absent */
};

static enum lg_status read_entries(const struct section *block, const char *name, size_t most,
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
        status = choice_read_set(block->pool, entries->registry, members[i].value,
                                 several ? place.text : path.text, &entries->sets[i], block->error);
        if (status == LG_OK && entries->count <= most)
            entries->count += choice_set_count(&entries->sets[i], most);
    }
    return status;
}

/* Value number `index` of all. */
static struct lg_choice entry_get(const struct entries *entries, size_t index)
{
    size_t set = 0;
    for (size_t count; (count = choice_set_count(&entries->sets[set], SIZE_MAX - 1)) <= index;
         set++)
        index -= count;
    return choice_set_get(entries->registry, &entries->sets[set], index);
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
    struct entries schedules = {.registry = &registries->schedule};
    struct entries initialisations = {.registry = &registries->initialisation};
    double *batches = NULL;
    size_t batch_count = 0;
    *setups = (struct setups){1, common};
    enum lg_status status = read_batches(block, registries, &batches, &batch_count);
    if (status == LG_OK)
        status = read_entries(block, "schedule", most, &schedules);
    if (status == LG_OK)
        status = read_entries(block, "initialisation", most, &initialisations);
    if (status != LG_OK || batch_count + schedules.count + initialisations.count == 0)
        return status;
    const size_t b = batch_count > 0 ? batch_count : 1,
                 s = schedules.count > 0 ? schedules.count : 1,
                 n = initialisations.count > 0 ? initialisations.count : 1;
    if (b > most || s > most / b || n > most / (b * s))
        return node_fail(block->node, block->error, "%s: the grid has more than %zu cells",
                         block->path.text, most);
    struct setup *all = pool_take(block->pool, b * s * n * sizeof *all, block->error);
    if (all == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < b * s * n; i++) {
        all[i] = *common;
        if (batch_count > 0)
            all[i].batch = (size_t)batches[i % b];
        if (schedules.count > 0) {
            all[i].has_schedule = true;
            all[i].schedule = entry_get(&schedules, i / b % s);
        }
        if (initialisations.count > 0)
            all[i].initialisation = entry_get(&initialisations, i / (b * s));
    }
    *setups = (struct setups){b * s * n, all};
    return LG_OK;
}
