#include "harness/spec/choice.h"

#include <stdio.h>
#include <string.h>

#include "harness/spec/axis.h"
#include "harness/spec/schema.h"
#include "harness/spec/value.h"

static enum lg_status read_value(const struct registry *registry, const struct lg_option *option,
                                 const struct node *node, const char *path, double *value,
                                 struct lg_error *error)
{
    bool quotable = option->kind == LG_OPTION_CHOICE;
    char expected[VALUE_EXPECTED_MAX];
    if (node->kind != NODE_SCALAR || !(node->plain || quotable) ||
        !value_option(option, node->text, value))
        return node_fail_expected(node, error, path, value_option_expected(option, expected));
    if (!value_is_held(option, registry->precision, *value, expected))
        return node_fail_expected(node, error, path, expected);
    return LG_OK;
}

static enum lg_status read_axis(struct pool *pool, const struct registry *registry,
                                const struct lg_option *option, const struct node *list,
                                const char *path, struct axis *axis, struct lg_error *error)
{
    double *values = pool_take(pool, list->count * sizeof *values, error);
    if (values == NULL)
        return LG_ENVIRONMENT;
    if (list->count == 0)
        return node_fail_expected(list, error, path, "a value, or a list of at least one");
    for (size_t i = 0; i < list->count; i++) {
        enum lg_status status = read_value(registry, option, list->members[i].value,
                                           path_entry(path, i).text, &values[i], error);
        if (status != LG_OK)
            return status;
    }
    axis->count = list->count;
    axis->values = values;
    return LG_OK;
}

/* The numbers of one list. */
static enum lg_status read_numbers(struct pool *pool, const struct registry *registry,
                                   const struct lg_option *option, const struct node *list,
                                   const char *path, struct numbers *numbers,
                                   struct lg_error *error)
{
    char expected[VALUE_EXPECTED_MAX];
    if (list->kind != NODE_LIST || list->count > LG_LIST_MAX)
        return node_fail_expected(list, error, path, value_option_expected(option, expected));
    double *values = pool_take(pool, list->count * sizeof *values, error);
    if (values == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < list->count; i++) {
        const struct node *entry = list->members[i].value;
        if (entry->kind != NODE_SCALAR || !entry->plain ||
            !value_list_entry(option, entry->text, &values[i]))
            return node_fail_expected(entry, error, path_entry(path, i).text,
                                      value_list_entry_expected(option, expected));
        if (!value_is_held(option, registry->precision, values[i], expected))
            return node_fail_expected(entry, error, path_entry(path, i).text, expected);
    }
    *numbers = (struct numbers){list->count, values};
    return LG_OK;
}

/* A list option: one list, into *base, or a list of lists, into *axis. */
static enum lg_status read_lists(struct pool *pool, const struct registry *registry, size_t option,
                                 const struct node *node, const char *path, struct choice_set *set,
                                 struct lg_error *error)
{
    const struct lg_info *info = registry->info(set->base.index);
    const bool several =
        node->kind == NODE_LIST && node->count > 0 && node->members[0].value->kind == NODE_LIST;
    const size_t count = several ? node->count : 1;
    struct numbers *lists = pool_take(pool, count * sizeof *lists, error);
    if (lists == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++) {
        const struct node *list = several ? node->members[i].value : node;
        const struct path place = path_entry(path, i);
        enum lg_status status = read_numbers(pool, registry, &info->options[option], list,
                                             several ? place.text : path, &lists[i], error);
        if (status != LG_OK)
            return status;
    }
    if (several) {
        set->axes[set->axis_count++] = (struct axis){option, count, NULL, lists};
        return LG_OK;
    }
    if (lg_options_set_list(info, &set->base.options, option, lists[0].values, lists[0].count))
        return LG_OK;
    return node_fail(node, error, "the lists of %s have more than %d numbers together", info->name,
                     LG_LIST_MAX);
}

/* LG_INPUT unless the longest lists of all axes fit next to those of the base. */
static enum lg_status check_lists(const struct registry *registry, const struct node *node,
                                  const struct choice_set *set, struct lg_error *error)
{
    static const double zeros[LG_LIST_MAX];
    const struct lg_info *info = registry->info(set->base.index);
    struct lg_options options = set->base.options;
    for (size_t i = 0; i < set->axis_count; i++) {
        const struct axis *axis = &set->axes[i];
        size_t longest = 0;
        for (size_t j = 0; axis->lists != NULL && j < axis->count; j++)
            longest = axis->lists[j].count > longest ? axis->lists[j].count : longest;
        if (longest > 0 && !lg_options_set_list(info, &options, axis->option, zeros, longest))
            return node_fail(node, error, "the lists of %s have more than %d numbers together",
                             info->name, LG_LIST_MAX);
    }
    return LG_OK;
}

/* The option that a key names, or an error that lists the entry's options. */
static enum lg_status find_option(const struct lg_info *info, const char *kind,
                                  const struct node *key, int *option, struct lg_error *error)
{
    *option = lg_option_find(info, key->text);
    if (*option >= 0)
        return LG_OK;
    char what[NODE_FOUND_MAX], found[NODE_FOUND_MAX];
    if (info->option_count == 0)
        return node_fail(key, error, "found %s, but the %s %s has no options",
                         node_describe(key, found), kind, info->name);
    const char *names[LG_OPTIONS_MAX];
    for (size_t i = 0; i < info->option_count; i++)
        names[i] = info->options[i].name;
    snprintf(what, sizeof what, "option of the %s %s", kind, info->name);
    return node_fail_unknown(key, error, what, names, info->option_count);
}

/* The entry's name and its options' defaults. */
static enum lg_status read_name(const struct registry *registry, const struct node *node,
                                const char *path, struct lg_choice *choice, struct lg_error *error)
{
    const struct node *name = node;
    if (node->kind == NODE_MAPPING)
        name = node_get(node, "name");
    if (name == NULL)
        return node_fail(node, error, "the key '%s' is missing: the %s",
                         path_key(path, "name").text, registry->kind);
    enum lg_status status = schema_name(name, path, registry, &choice->index, error);
    if (status == LG_OK)
        choice->options = lg_options_default(registry->info(choice->index));
    return status;
}

/* One option of the entry, into set->base and, for a list, set->axes. */
static enum lg_status read_option(struct pool *pool, const struct registry *registry,
                                  const struct member *member, const char *path,
                                  struct choice_set *set, struct lg_error *error)
{
    const struct lg_info *info = registry->info(set->base.index);
    int option = -1;
    enum lg_status status = find_option(info, registry->kind, member->key, &option, error);
    if (status != LG_OK)
        return status;
    struct path place = path_key(path, member->key->text);
    double *value = &set->base.options.value[option];
    if (info->options[option].kind == LG_OPTION_LIST)
        return read_lists(pool, registry, (size_t)option, member->value, place.text, set, error);
    if (member->value->kind == NODE_SCALAR)
        return read_value(registry, &info->options[option], member->value, place.text, value,
                          error);
    struct axis *axis = &set->axes[set->axis_count++];
    axis->option = (size_t)option;
    if (member->value->kind == NODE_MAPPING) {
        double *values = NULL;
        char name[160];
        snprintf(name, sizeof name, "%s.%s.%s", registry->kind, info->name, member->key->text);
        status = axis_read(pool, registry, name, &info->options[option], member->value, place.text,
                           &values, &axis->count, error);
        axis->values = values;
        return status;
    }
    return read_axis(pool, registry, &info->options[option], member->value, place.text, axis,
                     error);
}

enum lg_status choice_read_set(struct pool *pool, const struct registry *registry,
                               const struct node *node, const char *path, struct choice_set *set,
                               struct lg_error *error)
{
    *set = (struct choice_set){.axis_count = 0};
    enum lg_status status = read_name(registry, node, path, &set->base, error);
    for (size_t i = 0; status == LG_OK && i < node->count; i++) {
        if (strcmp(node->members[i].key->text, "name") != 0)
            status = read_option(pool, registry, &node->members[i], path, set, error);
    }
    return status == LG_OK ? check_lists(registry, node, set, error) : status;
}

enum lg_status choice_read(struct pool *pool, const struct registry *registry,
                           const struct node *node, const char *path, struct lg_choice *choice,
                           struct lg_error *error)
{
    struct choice_set set;
    enum lg_status status = choice_read_set(pool, registry, node, path, &set, error);
    if (status != LG_OK)
        return status;
    *choice = set.base;
    if (set.axis_count == 0)
        return LG_OK;
    const struct lg_option *option = &registry->info(choice->index)->options[set.axes[0].option];
    char expected[VALUE_EXPECTED_MAX];
    const struct node *list = node_get(node, option->name);
    const struct path place = path_key(path, option->name);
    if (option->kind == LG_OPTION_LIST) /* a list, but of lists */
        return node_fail_expected(list->members[0].value, error, path_entry(place.text, 0).text,
                                  value_list_entry_expected(option, expected));
    return node_fail_expected(list, error, place.text, value_option_expected(option, expected));
}

size_t choice_set_count(const struct choice_set *set, size_t most)
{
    size_t count = 1;
    for (size_t i = 0; i < set->axis_count && count <= most; i++)
        count *= set->axes[i].count; /* no overflow: a list has at most 4096 entries */
    return count <= most ? count : most + 1;
}

static void set_value(const struct registry *registry, const struct axis *axis, size_t value,
                      struct lg_choice *choice)
{
    if (axis->lists != NULL)
        (void)lg_options_set_list(registry->info(choice->index), &choice->options, axis->option,
                                  axis->lists[value].values, axis->lists[value].count);
    else
        choice->options.value[axis->option] = axis->values[value];
}

struct lg_choice choice_set_get(const struct registry *registry, const struct choice_set *set,
                                size_t index)
{
    struct lg_choice choice = set->base;
    for (size_t i = set->axis_count; i-- > 0;) {
        set_value(registry, &set->axes[i], index % set->axes[i].count, &choice);
        index /= set->axes[i].count;
    }
    return choice;
}

struct lg_choice choice_set_with(const struct registry *registry, const struct choice_set *set,
                                 size_t axis, size_t value)
{
    struct lg_choice choice = set->base;
    set_value(registry, &set->axes[axis], value, &choice);
    return choice;
}
