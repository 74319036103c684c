/* The keys of a spec: one table row each, which gives the key's check, its default and its
 * line in the documentation. */
#ifndef HARNESS_SPEC_SCHEMA_H
#define HARNESS_SPEC_SCHEMA_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "harness/spec/node.h"
#include "harness/spec/registry.h"

enum key_kind {
    KEY_TEXT,    /* minimum..maximum bytes */
    KEY_INTEGER, /* minimum..maximum, or `word`; maximum 0: the dataset's training samples */
    KEY_REAL,    /* a number from 0 on */
    KEY_FLAG,    /* true or false */
    KEY_WORD,    /* one of `choices` */
    KEY_NAME,    /* an entry of a registry */
    KEY_LIST,    /* minimum..maximum entries */
    KEY_MAPPING,
    KEY_OTHER, /* `takes` says it */
};

struct key {
    const char *section; /* the mapping that holds it: NULL, "model", "model.layers[]" */
    const char *name;
    enum key_kind kind;
    bool required;
    int64_t minimum, maximum;
    const char *word;           /* KEY_INTEGER: accepted too, and read as 0; or NULL */
    const char *const *choices; /* KEY_WORD: NULL-terminated */
    const char *takes;          /* what it takes, for messages and documentation; or NULL */
    const char *fallback;       /* YAML read in its place when absent; NULL: none */
    const char *meaning;
};

/* All of them, in the order of the documentation; a NULL name ends them (schema_keys.c). */
enum { SCHEMA_KEYS_MAX = 128 };
extern const struct key schema_keys[];

/* A mapping of the spec being read. */
struct section {
    const char *schema;      /* as key.section */
    struct path path;        /* its place in the spec */
    const struct node *node; /* the mapping, or NULL: absent, so that all is default */
    struct pool *pool;
    struct lg_error *error;
};

/* Begin to read the mapping at path: an error for a node that is none, for an
 * unknown key and for a missing required one. node may be NULL. */
enum lg_status section_open(struct section *section, const char *schema, const char *path,
                            const struct node *node, struct pool *pool, struct lg_error *error);

/* The node of a key or of its default; *node is NULL when it has neither. */
enum lg_status section_node(const struct section *section, const char *name,
                            const struct node **node);

/* The value of a key of the kind that the function's name says, checked against
 * its row. A text lives in the pool, and is NULL for an absent one without a
 * default; a word or name gives its index. section_integer_to() is for a row
 * that leaves the maximum to the dataset. */
enum lg_status section_text(const struct section *section, const char *name, const char **text);
enum lg_status section_integer(const struct section *section, const char *name, uint64_t *value);
enum lg_status section_integer_to(const struct section *section, const char *name, int64_t maximum,
                                  uint64_t *value);
/* A real is one that the precision holds. */
enum lg_status section_real(const struct section *section, const char *name,
                            enum lg_precision precision, double *value);
enum lg_status section_flag(const struct section *section, const char *name, bool *value);
enum lg_status section_word(const struct section *section, const char *name, size_t *index);
enum lg_status section_name(const struct section *section, const char *name,
                            const struct registry *registry, size_t *index);
/* *node is NULL for an absent list without a default. */
enum lg_status section_list(const struct section *section, const char *name,
                            const struct node **node);

/* A whole number from minimum to maximum, or `word` (may be NULL), read as 0. */
enum lg_status schema_integer(const struct node *node, const char *path, int64_t minimum,
                              int64_t maximum, const char *word, uint64_t *value,
                              struct lg_error *error);

/* A name of a registry. */
enum lg_status schema_name(const struct node *node, const char *path,
                           const struct registry *registry, size_t *index, struct lg_error *error);

enum { SCHEMA_KEY_MAX = 64, SCHEMA_TAKES_MAX = 160 };

/* A key of the documentation. */
struct schema_row {
    char key[SCHEMA_KEY_MAX];     /* its path, such as "model.layers[].outputs" */
    char takes[SCHEMA_TAKES_MAX]; /* what it takes, in words */
    const char *absent;           /* YAML that is read in its place, "an error", or "" */
    const char *meaning;
};

/* The section of an axis's keys, which stand where an option's value does. */
#define AXIS_SECTION "grid[].optimizers[].OPTION"
enum { AXIS_VALUES_MAX = 4096 };

/* The row of index, in the order of the documentation; false behind the last. */
bool schema_row(size_t index, struct schema_row *row);

#endif
