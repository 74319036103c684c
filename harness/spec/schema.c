#include "harness/spec/schema.h"

#include <assert.h>
#include <float.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/spec/document.h"
#include "harness/spec/experiment.h"
#include "harness/spec/value.h"

static const char *const precisions[] = {"f32", "f64", NULL};
static const char *const rngs[] = {"pcg", "torch7", NULL};
static const char *const evaluations[] = {"none", "test", NULL};
static const char *const outsides[] = {"refuse", "allow", NULL};
static const char *const distributions[] = {"uniform", "log_uniform", "integer_uniform", NULL};

#define SEEDS   "a list of one or more different whole numbers from 0 to 4294967295"
#define ENTRIES "a list of one or more names or {name: ..., option: ...}"

/* In the order of the documentation. */
static const struct key keys[] = {
    {.name = "title",
     .kind = KEY_TEXT,
     .maximum = SPEC_TEXT_MAX - 1,
     .fallback = "''",
     .meaning = "heading of the report"},
    {.name = "description",
     .kind = KEY_TEXT,
     .maximum = SPEC_TEXT_MAX - 1,
     .fallback = "''",
     .meaning = "a paragraph on what is measured and why"},
    {.name = "dataset",
     .kind = KEY_NAME,
     .takes = "a name of `lossgrid list datasets`",
     .fallback = "mnist",
     .meaning = "images to learn from"},
    {.name = "task",
     .kind = KEY_WORD,
     .choices = lg_task_names,
     .fallback = "reconstruct",
     .meaning = "what is learnt: the image itself, its class, whether two are of one class, which "
                "of two has the larger label, or which of two is like a third"},
    {.name = "classes",
     .kind = KEY_LIST,
     .minimum = 2,
     .maximum = 256,
     .takes = "a list of 2 or more different labels of the dataset",
     .meaning = "use only samples of these classes, renumbered in this order; all by default"},
    {.name = "precision",
     .kind = KEY_WORD,
     .choices = precisions,
     .fallback = "f32",
     .meaning = "arithmetic of the training"},
    {.name = "model", .kind = KEY_MAPPING, .required = true, .meaning = "the network"},
    {.section = "model",
     .name = "inputs",
     .kind = KEY_INTEGER,
     .required = true,
     .minimum = 1,
     .maximum = 65536,
     .meaning = "features of a sample: the pixels of an image of the dataset"},
    {.section = "model",
     .name = "layers",
     .kind = KEY_LIST,
     .required = true,
     .minimum = 1,
     .maximum = LG_LAYERS_MAX,
     .takes = "a list of 1 to 16 layers",
     .meaning = "fully connected layers; the last has the outputs that task and loss ask for"},
    {.section = "model.layers[]",
     .name = "outputs",
     .kind = KEY_INTEGER,
     .required = true,
     .minimum = 1,
     .maximum = 65536,
     .meaning = "units of the layer"},
    {.section = "model.layers[]",
     .name = "activation",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list activations`, or {name: ..., option: ...}",
     .fallback = "identity",
     .meaning = "applied to the layer's outputs"},
    {.name = "initialisation", .kind = KEY_MAPPING, .meaning = "how first weights are drawn"},
    {.section = "initialisation",
     .name = "method",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list initialisations`, or {name: ..., option: ...}",
     .fallback = "torch7_uniform",
     .meaning = "distribution of a layer's weights"},
    {.section = "initialisation",
     .name = "rng",
     .kind = KEY_WORD,
     .choices = rngs,
     .fallback = "pcg",
     .meaning = "generator of the draws; torch7 replays that program's MT19937"},
    {.name = "batch",
     .kind = KEY_INTEGER,
     .minimum = 1,
     .maximum = SPEC_BATCH_MAX,
     .fallback = "1",
     .meaning = "samples of a training step"},
    {.name = "shuffle",
     .kind = KEY_FLAG,
     .fallback = "true",
     .meaning = "a new order of the samples in every epoch; false: file order"},
    {.name = "epochs",
     .kind = KEY_INTEGER,
     .required = true,
     .minimum = 1,
     .maximum = 1000000,
     .meaning = "passes over the training samples"},
    {.name = "samples",
     .kind = KEY_INTEGER,
     .minimum = 1,
     .word = "all",
     .fallback = "all",
     .meaning = "use only the first so many training samples"},
    {.name = "seeds",
     .kind = KEY_LIST,
     .minimum = 1,
     .maximum = DOCUMENT_ENTRIES_MAX,
     .takes = SEEDS,
     .fallback = "[1]",
     .meaning = "every arm is trained once from each"},
    {.name = "image", .kind = KEY_MAPPING, .meaning = "which reconstruction is kept"},
    {.section = "image",
     .name = "sample",
     .kind = KEY_INTEGER,
     .minimum = 1,
     .word = "last",
     .fallback = "last",
     .meaning = "training sample, counted from 1; one beyond `samples` means the last used"},
    {.name = "evaluate",
     .kind = KEY_WORD,
     .choices = evaluations,
     .fallback = "test",
     .meaning = "what is measured after every epoch: the test set or nothing"},
    {.name = "outside_domain",
     .kind = KEY_WORD,
     .choices = outsides,
     .fallback = "refuse",
     .meaning = "a loss on outputs where its value is not what its name says, such as nll without "
                "log_softmax: refuse it, or train under it and rank nothing by it"},
    {.name = "metrics",
     .kind = KEY_LIST,
     .minimum = 1,
     .maximum = LG_METRICS_MAX,
     .takes = "a list of 1 to 16 different names of `lossgrid list losses`",
     .meaning = "losses measured in every arm; when absent, those of the grid"},
    {.name = "schedule",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list schedules`, or {name: ..., option: ...}",
     .meaning = "what multiplies the learning rate in each step; by default nothing"},
    {.name = "clip", .kind = KEY_MAPPING, .meaning = "clipping of gradients"},
    {.section = "clip",
     .name = "value",
     .kind = KEY_REAL,
     .fallback = "0",
     .meaning = "each entry to plus or minus this; 0: not"},
    {.section = "clip",
     .name = "norm",
     .kind = KEY_REAL,
     .fallback = "0",
     .meaning = "the whole gradient to this Euclidean norm; 0: not"},
    {.name = "terms",
     .kind = KEY_LIST,
     .minimum = 1,
     .maximum = LG_TERMS_MAX,
     .takes = "a list of 1 to 4 of {loss: ..., weight: ...}",
     .meaning = "losses that are added to every arm's, each times its weight"},
    {.section = "terms[]",
     .name = "loss",
     .kind = KEY_OTHER,
     .required = true,
     .takes = "a name of `lossgrid list losses`, or {name: ..., option: ...}",
     .meaning = "the loss; a mean, and none whose samples are weighted"},
    {.section = "terms[]",
     .name = "weight",
     .kind = KEY_REAL,
     .fallback = "1",
     .meaning = "what it is multiplied by"},
    {.name = "penalty", .kind = KEY_MAPPING, .meaning = "terms added to the loss"},
    {.section = "penalty",
     .name = "l1",
     .kind = KEY_REAL,
     .fallback = "0",
     .meaning = "this times the sum of the absolute parameters, in the gradient only"},
    {.name = "grid",
     .kind = KEY_OTHER,
     .required = true,
     .takes = "a block, or a list of blocks",
     .meaning = "what is trained: in each block every loss with every optimizer"},
    {.section = "grid[]",
     .name = "label",
     .kind = KEY_TEXT,
     .minimum = 1,
     .maximum = 80,
     .meaning = "name of the block's arm; when absent, made of what distinguishes the arms"},
    {.section = "grid[]",
     .name = "losses",
     .kind = KEY_LIST,
     .required = true,
     .minimum = 1,
     .maximum = DOCUMENT_ENTRIES_MAX,
     .takes = ENTRIES,
     .meaning = "losses to train under; a list, or what OPTION below has, as an option's value is "
                "an axis of the grid"},
    {.section = "grid[]",
     .name = "optimizers",
     .kind = KEY_LIST,
     .required = true,
     .minimum = 1,
     .maximum = DOCUMENT_ENTRIES_MAX,
     .takes = ENTRIES,
     .meaning = "optimizers to train with; a list, or what OPTION below has, as an option's value "
                "is an axis of the grid"},
    {.section = "grid[]",
     .name = "activation",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list activations`, or {name: ..., option: ...}",
     .meaning = "the last layer's, in place of the model's"},
    {.section = "grid[]",
     .name = "batch",
     .kind = KEY_OTHER,
     .takes = "a whole number from 1 to 60000, a list of them, or what OPTION below has",
     .meaning = "in place of the spec's batch; several are an axis of the grid"},
    {.section = "grid[]",
     .name = "schedule",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list schedules`, {name: ..., option: ...}, or a list of them",
     .meaning = "in place of the spec's schedule, likewise"},
    {.section = "grid[]",
     .name = "initialisation",
     .kind = KEY_OTHER,
     .takes = "a name of `lossgrid list initialisations`, {name: ..., option: ...}, or a list",
     .meaning = "in place of the spec's initialisation.method, likewise"},
    {.section = "grid[]",
     .name = "draw",
     .kind = KEY_INTEGER,
     .minimum = 1,
     .maximum = 1000,
     .fallback = "1",
     .meaning = "start from the so-manyth network drawn after the seeding"},
    {.section = "grid[]",
     .name = "seeds",
     .kind = KEY_LIST,
     .minimum = 1,
     .maximum = DOCUMENT_ENTRIES_MAX,
     .takes = SEEDS,
     .meaning = "in place of the spec's seeds"},
    {.section = "grid[]",
     .name = "exclude",
     .kind = KEY_LIST,
     .minimum = 1,
     .maximum = DOCUMENT_ENTRIES_MAX,
     .takes = "a list of one or more {loss: ..., optimizer: ...}",
     .meaning = "arms to leave out: those that are all that an entry says"},
    {.section = "grid[].exclude[]",
     .name = "loss",
     .kind = KEY_OTHER,
     .takes = "a name, {name: ..., option: ...}, or {option: ...}",
     .meaning = "arms of this loss and these options; a list as an option's value is any of them"},
    {.section = "grid[].exclude[]",
     .name = "optimizer",
     .kind = KEY_OTHER,
     .takes = "a name, {name: ..., option: ...}, or {option: ...}",
     .meaning = "arms of this optimizer and these options, likewise"},
    {.section = AXIS_SECTION,
     .name = "log",
     .kind = KEY_LIST,
     .minimum = 2,
     .maximum = 2,
     .takes = "[a, b], two numbers with 0 < a < b",
     .meaning = "values from a to b, each the same multiple of the one before"},
    {.section = AXIS_SECTION,
     .name = "linear",
     .kind = KEY_LIST,
     .minimum = 2,
     .maximum = 2,
     .takes = "[a, b], two numbers with a < b",
     .meaning = "values from a to b, evenly spaced"},
    {.section = AXIS_SECTION,
     .name = "points",
     .kind = KEY_INTEGER,
     .minimum = 2,
     .maximum = AXIS_VALUES_MAX,
     .meaning = "with `log` or `linear`: how many values, both ends among them"},
    {.section = AXIS_SECTION,
     .name = "random",
     .kind = KEY_WORD,
     .choices = distributions,
     .meaning =
         "values drawn uniformly, by their logarithm, or among whole numbers; all different"},
    {.section = AXIS_SECTION,
     .name = "range",
     .kind = KEY_LIST,
     .minimum = 2,
     .maximum = 2,
     .takes = "[a, b], two numbers with a < b",
     .meaning = "with `random`: the least and the largest that may be drawn"},
    {.section = AXIS_SECTION,
     .name = "count",
     .kind = KEY_INTEGER,
     .minimum = 1,
     .maximum = AXIS_VALUES_MAX,
     .meaning = "with `random`: how many values"},
    {.section = AXIS_SECTION,
     .name = "seed",
     .kind = KEY_INTEGER,
     .maximum = UINT32_MAX,
     .fallback = "1",
     .meaning = "with `random`: other draws from another seed"},
};

enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

static bool in_section(const struct key *key, const char *schema)
{
    if (key->section == NULL || schema == NULL)
        return key->section == schema;
    return strcmp(key->section, schema) == 0;
}

static const struct key *find_key(const char *schema, const char *name)
{
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (in_section(&keys[i], schema) && strcmp(keys[i].name, name) == 0)
            return &keys[i];
    }
    return NULL;
}

static enum lg_status check_keys(const struct section *section)
{
    const char *names[KEY_COUNT];
    size_t count = 0;
    for (size_t i = 0; i < KEY_COUNT; i++) {
        if (in_section(&keys[i], section->schema))
            names[count++] = keys[i].name;
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
    for (size_t i = 0; i < KEY_COUNT && status == LG_OK; i++) {
        if (in_section(&keys[i], schema) && keys[i].required &&
            node_get(node, keys[i].name) == NULL)
            status = node_fail(node, error, "the key '%s' is missing: %s",
                               path_key(path, keys[i].name).text, keys[i].meaning);
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
    if (index >= KEY_COUNT)
        return false;
    const struct key *key = &keys[index];
    snprintf(row->key, sizeof row->key, "%s%s%s", key->section != NULL ? key->section : "",
             key->section != NULL ? "." : "", key->name);
    describe_taken(key, row->takes);
    row->absent = key->fallback != NULL ? key->fallback : key->required ? "an error" : "";
    row->meaning = key->meaning;
    return true;
}
