/* YAML text to a tree of nodes, through libfyaml's parser. */
#ifndef HARNESS_SPEC_DOCUMENT_H
#define HARNESS_SPEC_DOCUMENT_H

#include <stddef.h>

#include "harness/spec/node.h"

/* Limits far above the needs of any experiment, and low enough that any file, whatever its
 * aliases, is refused at once. */
enum {
    DOCUMENT_BYTES_MAX = 1 << 20,
    DOCUMENT_DEPTH_MAX = 32,
    DOCUMENT_ENTRIES_MAX = 4096, /* of one list */
    DOCUMENT_KEYS_MAX = 64,      /* of one mapping */
    DOCUMENT_ANCHORS_MAX = 256,
};

/* Read the one document in text (UTF-8, at most DOCUMENT_BYTES_MAX). Aliases are
 * followed; tags, keys that are not scalars, duplicate keys and a second
 * document are errors, each at its line and column. An empty text gives a
 * scalar without content. *root lives in the pool and points to *source. */
enum lg_status document_parse(struct pool *pool, const struct source *source, const char *text,
                              size_t size, const struct node **root, struct lg_error *error);

#endif
