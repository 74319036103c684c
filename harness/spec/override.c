#include "harness/spec/override.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/document.h"
#include "harness/spec/value.h"

/* One override on its way down the tree. */
struct edit {
    struct pool *pool;
    const struct source *source;
    const struct node *value;
    struct lg_error *error;
};

static char *copy(struct pool *pool, const char *text, size_t length, struct lg_error *error)
{
    char *result = pool_take(pool, length + 1, error);
    if (result != NULL)
        memcpy(result, text, length);
    return result;
}

static struct node *new_node(const struct edit *edit, enum node_kind kind)
{
    struct node *node = pool_take(edit->pool, sizeof *node, edit->error);
    if (node != NULL)
        *node = (struct node){.kind = kind, .source = edit->source};
    return node;
}

static struct node *new_key(const struct edit *edit, const char *text, size_t length)
{
    struct node *node = new_node(edit, NODE_SCALAR);
    const char *copied = copy(edit->pool, text, length, edit->error);
    if (node == NULL || copied == NULL)
        return NULL;
    node->text = copied;
    node->plain = true;
    return node;
}

/* A mapping that begins as `old` does (a mapping, or a name that is to get
 * options, or NULL) and has room for one more entry. */
static struct node *copy_mapping(const struct edit *edit, const struct node *old,
                                 struct member **members)
{
    struct node *node = new_node(edit, NODE_MAPPING);
    size_t count = old != NULL ? old->count : 0;
    *members = pool_take(edit->pool, (count + 2) * sizeof **members, edit->error);
    if (node == NULL || *members == NULL)
        return NULL;
    if (old != NULL && old->kind == NODE_MAPPING) {
        *node = *old;
        if (count > 0)
            memcpy(*members, old->members, count * sizeof **members);
    } else if (old != NULL) {
        const struct node *name = new_key(edit, "name", strlen("name"));
        if (name == NULL)
            return NULL;
        (*members)[node->count++] = (struct member){name, old};
    }
    node->members = *members;
    return node;
}

static enum lg_status replace(const struct edit *edit, const struct node *old, const char *rest,
                              const struct node **result);

/* `rest` begins with a component of `length` bytes; what follows it, or NULL. */
static const char *after(const char *rest, size_t length)
{
    return rest[length] == '.' ? rest + length + 1 : NULL;
}

static enum lg_status replace_entry(const struct edit *edit, const struct node *old,
                                    const char *rest, const struct node **result)
{
    size_t length = strcspn(rest, ".");
    const struct node *key = new_key(edit, rest, length);
    struct node *node = new_node(edit, NODE_LIST);
    struct member *members = pool_take(edit->pool, old->count * sizeof *members, edit->error);
    if (key == NULL || node == NULL || members == NULL)
        return LG_ENVIRONMENT;
    int64_t index = 0;
    if (!value_integer(key->text, &index) || (uint64_t)index >= old->count) {
        char found[NODE_FOUND_MAX];
        return node_fail(key, edit->error,
                         "found %s, expected an index below %zu, the length of the list",
                         node_describe(key, found), old->count);
    }
    memcpy(members, old->members, old->count * sizeof *members);
    *node = *old;
    node->members = members;
    *result = node;
    return replace(edit, old->members[index].value, after(rest, length), &members[index].value);
}

static enum lg_status replace_key(const struct edit *edit, const struct node *old, const char *rest,
                                  const struct node **result)
{
    size_t length = strcspn(rest, ".");
    struct member *members = NULL;
    struct node *node = copy_mapping(edit, old, &members);
    const struct node *key = new_key(edit, rest, length);
    if (node == NULL || key == NULL)
        return LG_ENVIRONMENT;
    size_t i = 0;
    while (i < node->count && strcmp(members[i].key->text, key->text) != 0)
        i++;
    if (i == node->count)
        members[node->count++].key = key;
    *result = node;
    return replace(edit, members[i].value, after(rest, length), &members[i].value);
}

/* What `old` (NULL: not there) becomes when the path goes on with `rest` (NULL:
 * it ends here). */
static enum lg_status replace(const struct edit *edit, const struct node *old, const char *rest,
                              const struct node **result)
{
    if (rest == NULL) {
        *result = edit->value;
        return LG_OK;
    }
    if (old != NULL && old->kind == NODE_LIST)
        return replace_entry(edit, old, rest, result);
    if (old != NULL && node_is_nothing(old))
        old = NULL;
    return replace_key(edit, old, rest, result);
}

/* True if the path has between 1 and DOCUMENT_DEPTH_MAX components, none empty. */
static bool path_is_sound(const char *path)
{
    size_t components = 0;
    do {
        size_t length = strcspn(path, ".");
        if (length == 0 || ++components > DOCUMENT_DEPTH_MAX)
            return false;
        path = after(path, length);
    } while (path != NULL);
    return true;
}

enum lg_status override_apply(struct pool *pool, const char *text, const struct node **root,
                              struct lg_error *error)
{
    size_t length = strlen(text), path_length = strcspn(text, "=");
    size_t name_size = strlen("--set ") + length + 1;
    char *name = pool_take(pool, name_size, error);
    char *path = copy(pool, text, path_length, error);
    struct source *source = pool_take(pool, sizeof *source, error);
    if (name == NULL || path == NULL || source == NULL)
        return LG_ENVIRONMENT;
    snprintf(name, name_size, "--set %s", text);
    *source = (struct source){.name = name, .code = LG_USAGE, .has_lines = false};
    if (path_length == length || !path_is_sound(path))
        return lg_fail_at(error, LG_USAGE, name, 0, 0,
                          "expected a key's dotted path, = and a value");
    struct edit edit = {.pool = pool, .source = source, .error = error};
    const char *value = text + path_length + 1;
    enum lg_status status = document_parse(pool, source, value, strlen(value), &edit.value, error);
    return status == LG_OK ? replace(&edit, *root, path, root) : status;
}
