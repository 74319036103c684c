#include "harness/spec/exclude.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "harness/spec/schema.h"
#include "harness/spec/value.h"

#define SECTION "grid[].exclude[]"

/* The first entry of the registry from `first` on that has the option; *option receives it.
 * The registry's count when there is none. */
static size_t find_owner(const struct registry *registry, size_t first, const char *name,
                         const struct lg_option **option)
{
    for (size_t i = first; i < registry->count; i++) {
        const int found = lg_option_find(registry->info(i), name);
        if (found >= 0) {
            *option = &registry->info(i)->options[found];
            return i;
        }
    }
    return registry->count;
}

/* ---- Checking ------------------------------------------------------------ */

/* True if the option of that name takes the text: of entry `only`, or of any when it is
 * SIZE_MAX. */
static bool is_taken(const struct registry *registry, size_t only, const char *name,
                     const char *text)
{
    const struct lg_option *option = NULL;
    double value;
    if (only != SIZE_MAX)
        return find_owner(registry, only, name, &option) == only &&
               value_option(option, text, &value);
    for (size_t i = find_owner(registry, 0, name, &option); i < registry->count;
         i = find_owner(registry, i + 1, name, &option))
        if (value_option(option, text, &value))
            return true;
    return false;
}

static enum lg_status check_value(const struct registry *registry, size_t only, const char *name,
                                  const struct node *node, const char *path, struct lg_error *error)
{
    const struct lg_option *option = NULL;
    char expected[VALUE_EXPECTED_MAX];
    (void)find_owner(registry, only != SIZE_MAX ? only : 0, name, &option);
    assert(option != NULL); /* the caller has looked */
    if (option->kind == LG_OPTION_LIST)
        return node_fail(node, error, "%s: arms cannot be left out by an option that is a list",
                         path);
    if (node->kind == NODE_SCALAR && is_taken(registry, only, name, node->text))
        return LG_OK;
    return node_fail_expected(node, error, path, value_option_expected(option, expected));
}

static enum lg_status check_option(const struct registry *registry, size_t only,
                                   const struct member *member, const char *path,
                                   struct lg_error *error)
{
    const char *name = member->key->text;
    const struct lg_option *option = NULL;
    const size_t owner = find_owner(registry, only != SIZE_MAX ? only : 0, name, &option);
    if (owner == registry->count || (only != SIZE_MAX && owner != only))
        return node_fail(member->key, error, "%s: found '%.64s', which is no option of %s %s", path,
                         name, only != SIZE_MAX ? "the" : "any",
                         only != SIZE_MAX ? registry->names[only] : registry->kind);
    const struct path place = path_key(path, name);
    const struct node *value = member->value;
    if (value->kind != NODE_LIST)
        return check_value(registry, only, name, value, place.text, error);
    if (value->count == 0)
        return node_fail_expected(value, error, place.text, "a value, or a list of at least one");
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < value->count; i++)
        status = check_value(registry, only, name, value->members[i].value,
                             path_entry(place.text, i).text, error);
    return status;
}

static enum lg_status check_part(const struct registry *registry, const struct node *node,
                                 const char *path, struct lg_error *error)
{
    size_t only = SIZE_MAX;
    if (node->kind != NODE_MAPPING)
        return schema_name(node, path, registry, &only, error);
    const struct node *name = node_get(node, "name");
    enum lg_status status = LG_OK;
    if (node->count == 0)
        return node_fail(node, error, "%s: found an empty mapping, expected a name or an option",
                         path);
    if (name != NULL)
        status = schema_name(name, path_key(path, "name").text, registry, &only, error);
    for (size_t i = 0; status == LG_OK && i < node->count; i++)
        if (strcmp(node->members[i].key->text, "name") != 0)
            status = check_option(registry, only, &node->members[i], path, error);
    return status;
}

enum lg_status exclude_check(struct pool *pool, const struct registries *registries,
                             const struct node *list, const char *path, struct lg_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct path place = path_entry(path, i);
        const struct node *entry = list->members[i].value, *loss = NULL, *optimizer = NULL;
        struct section section;
        enum lg_status status = section_open(&section, SECTION, place.text, entry, pool, error);
        if (status == LG_OK && entry->count == 0)
            status = node_fail(entry, error,
                               "%s: found an empty mapping, expected loss, optimizer "
                               "or both",
                               place.text);
        if (status == LG_OK)
            status = section_node(&section, "loss", &loss);
        if (status == LG_OK && loss != NULL)
            status = check_part(&registries->loss, loss, path_key(place.text, "loss").text, error);
        if (status == LG_OK)
            status = section_node(&section, "optimizer", &optimizer);
        if (status == LG_OK && optimizer != NULL)
            status = check_part(&registries->optimizer, optimizer,
                                path_key(place.text, "optimizer").text, error);
        if (status != LG_OK)
            return status;
    }
    return LG_OK;
}

/* ---- Matching ------------------------------------------------------------ */

static bool has_value(const struct lg_option *option, const struct node *node, double value)
{
    double number;
    if (node->kind == NODE_SCALAR)
        return value_option(option, node->text, &number) && number == value;
    for (size_t i = 0; i < node->count; i++)
        if (has_value(option, node->members[i].value, value))
            return true;
    return false;
}

/* What the option of a set is named by. */
static enum lg_status mask_option(struct pool *pool, const struct lg_option *option, size_t index,
                                  const struct node *named, const struct choice_set *set,
                                  struct mask *mask, struct lg_error *error)
{
    for (size_t i = 0; i < set->axis_count; i++) {
        const struct axis *axis = &set->axes[i];
        if (axis->option != index || axis->values == NULL)
            continue;
        bool *is_named = pool_take(pool, axis->count * sizeof *is_named, error);
        if (is_named == NULL)
            return LG_ENVIRONMENT;
        for (size_t j = 0; j < axis->count; j++)
            is_named[j] = has_value(option, named, axis->values[j]);
        mask->axes[i] = is_named;
        return LG_OK;
    }
    mask->is_none = mask->is_none || !has_value(option, named, set->base.options.value[index]);
    return LG_OK;
}

/* node NULL: everything. */
static enum lg_status make_mask(struct pool *pool, const struct registry *registry,
                                const struct node *node, const struct choice_set *set,
                                struct mask *mask, struct lg_error *error)
{
    const struct lg_info *info = registry->info(set->base.index);
    enum lg_status status = LG_OK;
    *mask = (struct mask){.is_none = false};
    if (node != NULL && node->kind == NODE_SCALAR)
        mask->is_none = strcmp(node->text, info->name) != 0;
    for (size_t i = 0;
         status == LG_OK && node != NULL && node->kind == NODE_MAPPING && i < node->count; i++) {
        const char *key = node->members[i].key->text;
        const struct node *value = node->members[i].value;
        const int option = lg_option_find(info, key);
        if (strcmp(key, "name") == 0)
            mask->is_none = mask->is_none || strcmp(value->text, info->name) != 0;
        else if (option < 0)
            mask->is_none = true;
        else
            status =
                mask_option(pool, &info->options[option], (size_t)option, value, set, mask, error);
    }
    return status;
}

enum lg_status exclude_cuts(struct pool *pool, const struct registries *registries,
                            const struct node *list, const struct choice_set *losses,
                            const struct choice_set *optimizers, struct cuts *cuts,
                            struct lg_error *error)
{
    *cuts = (struct cuts){.count = 0};
    if (list == NULL)
        return LG_OK;
    struct cut *all = pool_take(pool, list->count * sizeof *all, error);
    enum lg_status status = all != NULL ? LG_OK : LG_ENVIRONMENT;
    for (size_t i = 0; status == LG_OK && i < list->count; i++) {
        const struct node *entry = list->members[i].value;
        status = make_mask(pool, &registries->loss, node_get(entry, "loss"), losses, &all[i].loss,
                           error);
        if (status == LG_OK)
            status = make_mask(pool, &registries->optimizer, node_get(entry, "optimizer"),
                               optimizers, &all[i].optimizer, error);
    }
    *cuts = (struct cuts){list->count, all};
    return status;
}

bool exclude_names(const struct mask *mask, const struct choice_set *set, size_t index)
{
    if (mask->is_none)
        return false;
    for (size_t i = set->axis_count; i-- > 0;) {
        const size_t count = set->axes[i].count;
        if (mask->axes[i] != NULL && !mask->axes[i][index % count])
            return false;
        index /= count;
    }
    return true;
}
