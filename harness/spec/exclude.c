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

static bool matches(const struct registry *registry, const struct node *node,
                    const struct lg_choice *choice)
{
    const struct lg_info *info = registry->info(choice->index);
    if (node == NULL)
        return true;
    if (node->kind == NODE_SCALAR)
        return strcmp(node->text, info->name) == 0;
    for (size_t i = 0; i < node->count; i++) {
        const char *key = node->members[i].key->text;
        const struct node *value = node->members[i].value;
        const int option = lg_option_find(info, key);
        const bool same = strcmp(key, "name") == 0
                              ? strcmp(value->text, info->name) == 0
                              : option >= 0 && has_value(&info->options[option], value,
                                                         choice->options.value[option]);
        if (!same)
            return false;
    }
    return true;
}

bool exclude_matches(const struct registries *registries, const struct node *entry,
                     const struct lg_choice *loss, const struct lg_choice *optimizer)
{
    return matches(&registries->loss, node_get(entry, "loss"), loss) &&
           matches(&registries->optimizer, node_get(entry, "optimizer"), optimizer);
}
