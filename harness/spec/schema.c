#include "harness/spec/schema.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/document.h"
#include "harness/spec/experiment.h"
#include "harness/spec/value.h"

static bool in_section(const struct key *key, const char *schema)
{
    if (key->section == NULL || schema == NULL)
        return key->section == schema;
    return strcmp(key->section, schema) == 0;
}

static const struct key *find_key(const char *schema, const char *name)
{
    for (size_t i = 0; schema_keys[i].name != NULL; i++) {
        if (in_section(&schema_keys[i], schema) && strcmp(schema_keys[i].name, name) == 0)
            return &schema_keys[i];
    }
    return NULL;
}

static enum lg_status check_keys(const struct section *section)
{
    const char *names[SCHEMA_KEYS_MAX];
    size_t count = 0;
    for (size_t i = 0; schema_keys[i].name != NULL; i++) {
        if (in_section(&schema_keys[i], section->schema))
            names[count++] = schema_keys[i].name;
    }
    const struct node *node = section->node;
    for (size_t i = 0; i < node->count; i++) {
        const struct node *key = node->members[i].key;
        if (find_key(section->schema, key->text) == NULL)
            return node_fail_unknown(key, section->error, "key", names, count);
    }
    return LG_OK;
}

enum lg_status section_open(struct section *section, const char *schema, const char *path,
                            const struct node *node, struct pool *pool, struct lg_error *error)
{
    *section = (struct section){.schema = schema, .node = node, .pool = pool, .error = error};
    snprintf(section->path.text, sizeof section->path.text, "%s", path);
    if (node == NULL)
        return LG_OK;
    if (node->kind != NODE_MAPPING)
        return node_fail_expected(node, error, path[0] != '\0' ? path : "the spec",
                                  "a mapping of keys to values");
    enum lg_status status = check_keys(section);
    for (size_t i = 0; schema_keys[i].name != NULL && status == LG_OK; i++) {
        if (in_section(&schema_keys[i], schema) && schema_keys[i].required &&
            node_get(node, schema_keys[i].name) == NULL)
            status = node_fail(node, error, "the key '%s' is missing: %s",
                               path_key(path, schema_keys[i].name).text, schema_keys[i].meaning);
    }
    return status;
}

enum lg_status section_node(const struct section *section, const char *name,
                            const struct node **node)
{
    static const struct source defaults = {.name = "default", .code = LG_FAILED};
    const struct key *key = find_key(section->schema, name);
    assert(key != NULL);
    *node = section->node != NULL ? node_get(section->node, name) : NULL;
    if (*node != NULL || key->fallback == NULL)
        return LG_OK;
    return document_parse(section->pool, &defaults, key->fallback, strlen(key->fallback), node,
                          section->error);
}

enum lg_status section_text(const struct section *section, const char *name, const char **text)
{
    const struct key *key = find_key(section->schema, name);
    const struct node *node = NULL;
    enum lg_status status = section_node(section, name, &node);
    *text = NULL;
    if (status != LG_OK || node == NULL)
        return status;
    char expected[64];
    snprintf(expected, sizeof expected, "a text of %" PRId64 " to %" PRId64 " bytes", key->minimum,
             key->maximum);
    bool sound = node->kind == NODE_SCALAR && !node_is_nothing(node);
    size_t length = sound ? strlen(node->text) : 0;
    if (!sound || length < (size_t)key->minimum || length > (size_t)key->maximum)
        return node_fail_expected(node, section->error, path_key(section->path.text, name).text,
                                  expected);
    *text = node->text;
    return LG_OK;
}

enum lg_status schema_integer(const struct node *node, const char *path, int64_t minimum,
                              int64_t maximum, const char *word, uint64_t *value,
                              struct lg_error *error)
{
    int64_t number = 0;
    if (word != NULL && node->kind == NODE_SCALAR && strcmp(node->text, word) == 0) {
        *value = 0;
        return LG_OK;
    }
    if (node->kind == NODE_SCALAR && node->plain && value_integer(node->text, &number) &&
        number >= minimum && number <= maximum) {
        *value = (uint64_t)number;
        return LG_OK;
    }
    char expected[128];
    snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64 "%s%s",
             minimum, maximum, word != NULL ? ", or " : "", word != NULL ? word : "");
    return node_fail_expected(node, error, path, expected);
}

enum lg_status section_integer_to(const struct section *section, const char *name, int64_t maximum,
                                  uint64_t *value)
{
    const struct key *key = find_key(section->schema, name);
    const struct node *node = NULL;
    enum lg_status status = section_node(section, name, &node);
    if (status != LG_OK)
        return status;
    return schema_integer(node, path_key(section->path.text, name).text, key->minimum, maximum,
                          key->word, value, section->error);
}

enum lg_status section_integer(const struct section *section, const char *name, uint64_t *value)
{
    return section_integer_to(section, name, find_key(section->schema, name)->maximum, value);
}

enum lg_status section_real(const struct section *section, const char *name,
                            enum lg_precision precision, double *value)
{
    static const struct lg_option number = {.kind = LG_OPTION_REAL, .maximum = DBL_MAX};
    char expected[VALUE_EXPECTED_MAX];
    const struct node *node = NULL;
    enum lg_status status = section_node(section, name, &node);
    if (status != LG_OK)
        return status;
    const struct path path = path_key(section->path.text, name);
    if (!(node->kind == NODE_SCALAR && node->plain && value_real(node->text, value) && *value >= 0))
        return node_fail_expected(node, section->error, path.text, "a number from 0 on");
    if (!value_is_held(&number, precision, *value, expected))
        return node_fail_expected(node, section->error, path.text, expected);
    return LG_OK;
}

enum lg_status section_flag(const struct section *section, const char *name, bool *value)
{
    const struct node *node = NULL;
    enum lg_status status = section_node(section, name, &node);
    if (status != LG_OK)
        return status;
    bool word = node->kind == NODE_SCALAR && node->plain;
    *value = word && strcmp(node->text, "true") == 0;
    if (*value || (word && strcmp(node->text, "false") == 0))
        return LG_OK;
    return node_fail_expected(node, section->error, path_key(section->path.text, name).text,
                              "true or false");
}

enum lg_status schema_name(const struct node *node, const char *path,
                           const struct registry *registry, size_t *index, struct lg_error *error)
{
    if (node->kind != NODE_SCALAR || node_is_nothing(node)) {
        char expected[64];
        snprintf(expected, sizeof expected, "the name of a known %s", registry->kind);
        return node_fail_expected(node, error, path, expected);
    }
    size_t found = registry_find(registry, node->text);
    if (found == SIZE_MAX)
        return node_fail_unknown(node, error, registry->kind, registry->names, registry->count);
    *index = found;
    return LG_OK;
}

enum lg_status section_name(const struct section *section, const char *name,
                            const struct registry *registry, size_t *index)
{
    const struct node *node = NULL;
    enum lg_status status = section_node(section, name, &node);
    if (status != LG_OK)
        return status;
    return schema_name(node, path_key(section->path.text, name).text, registry, index,
                       section->error);
}

enum lg_status section_word(const struct section *section, const char *name, size_t *index)
{
    const struct key *key = find_key(section->schema, name);
    struct registry words = {.kind = name, .names = key->choices};
    while (key->choices[words.count] != NULL)
        words.count++;
    return section_name(section, name, &words, index);
}

enum lg_status section_list(const struct section *section, const char *name,
                            const struct node **node)
{
    const struct key *key = find_key(section->schema, name);
    enum lg_status status = section_node(section, name, node);
    if (status != LG_OK || *node == NULL)
        return status;
    const struct node *list = *node;
    if (list->kind != NODE_LIST || list->count < (size_t)key->minimum ||
        list->count > (size_t)key->maximum)
        return node_fail_expected(list, section->error, path_key(section->path.text, name).text,
                                  key->takes);
    return LG_OK;
}

/* The words of a row, such as "`f32` or `f64`". */
static void describe_choices(const struct key *key, char takes[SCHEMA_TAKES_MAX])
{
    size_t used = 0;
    for (size_t i = 0; key->choices[i] != NULL && used < SCHEMA_TAKES_MAX; i++) {
        const int size = snprintf(takes + used, SCHEMA_TAKES_MAX - used, "%s`%s`",
                                  i > 0 ? " or " : "", key->choices[i]);
        used += size > 0 ? (size_t)size : 0;
    }
}

static void describe_taken(const struct key *key, char takes[SCHEMA_TAKES_MAX])
{
    if (key->takes != NULL)
        snprintf(takes, SCHEMA_TAKES_MAX, "%s", key->takes);
    else if (key->kind == KEY_TEXT)
        snprintf(takes, SCHEMA_TAKES_MAX, "a text of %" PRId64 " to %" PRId64 " bytes",
                 key->minimum, key->maximum);
    else if (key->kind == KEY_REAL)
        snprintf(takes, SCHEMA_TAKES_MAX, "a number from 0 on");
    else if (key->kind == KEY_FLAG)
        snprintf(takes, SCHEMA_TAKES_MAX, "`true` or `false`");
    else if (key->kind == KEY_WORD)
        describe_choices(key, takes);
    else if (key->kind == KEY_MAPPING)
        snprintf(takes, SCHEMA_TAKES_MAX, "the keys below");
    else if (key->maximum > 0)
        snprintf(takes, SCHEMA_TAKES_MAX, "a whole number from %" PRId64 " to %" PRId64,
                 key->minimum, key->maximum);
    else
        snprintf(takes, SCHEMA_TAKES_MAX,
                 "a whole number from %" PRId64 " to the dataset's training samples, or `%s`",
                 key->minimum, key->word);
}

bool schema_row(size_t index, struct schema_row *row)
{
    for (size_t i = 0; i <= index; i++)
        if (schema_keys[i].name == NULL)
            return false;
    const struct key *key = &schema_keys[index];
    snprintf(row->key, sizeof row->key, "%s%s%s", key->section != NULL ? key->section : "",
             key->section != NULL ? "." : "", key->name);
    describe_taken(key, row->takes);
    row->absent = key->fallback != NULL ? key->fallback : key->required ? "an error" : "";
    row->meaning = key->meaning;
    return true;
}
