/* A spec as a tree of plain nodes, each of which knows where it was written.
 * Nodes are never changed once built: an alias is a second pointer to a node,
 * and an override copies the nodes on its path. */
#ifndef HARNESS_SPEC_NODE_H
#define HARNESS_SPEC_NODE_H

#include <stdbool.h>
#include <stddef.h>

#include "lossgrid/status.h"

/* Memory that is given back all at once. Zero-initialise it. */
struct pool {
    struct pool_block *blocks;
};

/* size zeroed bytes, aligned for anything; NULL with *error filled when memory
 * is short. Lives until pool_free(). */
void *pool_take(struct pool *pool, size_t size, struct lg_error *error);

/* Free everything taken from the pool. */
void pool_free(struct pool *pool);

/* The source of a text and the status of a mistake in it. */
struct source {
    const char *name;    /* "experiments/a.yaml", or "--set epochs=2" */
    enum lg_status code; /* LG_INPUT for a file, LG_USAGE for an override */
    bool has_lines;      /* whether lines and columns mean anything to the reader */
};

enum node_kind { NODE_SCALAR, NODE_LIST, NODE_MAPPING };

struct node {
    enum node_kind kind;
    const struct source *source;
    int line, column; /* 1-based */
    bool plain;       /* scalar: written without quotes */
    const char *text; /* scalar: NUL-terminated UTF-8 */
    size_t count;     /* list or mapping */
    const struct member *members;
};

/* An entry of a list (key NULL) or a mapping (key a scalar). */
struct member {
    const struct node *key;
    const struct node *value;
};

/* A place in a spec as messages and --set write it: "grid.0.losses.1". */
struct path {
    char text[256];
};

/* The path of a key of the mapping at `path` ("" at the top), and of an entry of
 * the list there. One too long is cut: it is only ever read by people. */
struct path path_key(const char *path, const char *key);
struct path path_entry(const char *path, size_t index);

/* The value of a mapping's key, or NULL. */
const struct node *node_get(const struct node *mapping, const char *key);

/* True if the node is a scalar without content: empty, ~ or null, unquoted. */
bool node_is_nothing(const struct node *node);

enum { NODE_FOUND_MAX = 96 };

/* The node in words, for a message: 'text' (clipped, printable), nothing, a list, a
 * mapping. Returns buffer. */
const char *node_describe(const struct node *node, char buffer[NODE_FOUND_MAX]);

/* Fill *error with a printf-style message at the node; returns its code. */
enum lg_status node_fail(const struct node *node, struct lg_error *error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* "<path>: found <node>, expected <expected>" at the node. */
enum lg_status node_fail_expected(const struct node *node, struct lg_error *error, const char *path,
                                  const char *expected);

/* lg_fail_unknown() at a scalar node. */
enum lg_status node_fail_unknown(const struct node *node, struct lg_error *error, const char *kind,
                                 const char *const *names, size_t count);

#endif
