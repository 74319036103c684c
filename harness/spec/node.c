#include "harness/spec/node.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/support/shown.h"

struct pool_block {
    struct pool_block *next;
    size_t used, size;
    max_align_t bytes[];
};

void *pool_take(struct pool *pool, size_t size, struct lg_error *error)
{
    enum { BLOCK_BYTES = 1 << 16 };
    size_t unit = sizeof(max_align_t);
    size = (size + unit - 1) / unit * unit;
    struct pool_block *block = pool->blocks;
    if (block == NULL || block->size - block->used < size) {
        size_t capacity = size > BLOCK_BYTES ? size : BLOCK_BYTES;
        block = calloc(1, sizeof *block + capacity);
        if (block == NULL) {
            lg_fail(error, LG_ENVIRONMENT, "out of memory");
            return NULL;
        }
        block->size = capacity;
        block->next = pool->blocks;
        pool->blocks = block;
    }
    unsigned char *taken = (unsigned char *)block->bytes + block->used;
    block->used += size;
    return taken;
}

void pool_free(struct pool *pool)
{
    while (pool->blocks != NULL) {
        struct pool_block *block = pool->blocks;
        pool->blocks = block->next;
        free(block);
    }
}

struct path path_key(const char *path, const char *key)
{
    struct path result;
    const char *dot = path[0] != '\0' ? "." : "";
    snprintf(result.text, sizeof result.text, "%.200s%s%.50s", path, dot, key);
    return result;
}

struct path path_entry(const char *path, size_t index)
{
    struct path result;
    snprintf(result.text, sizeof result.text, "%.200s.%zu", path, index);
    return result;
}

const struct node *node_get(const struct node *mapping, const char *key)
{
    for (size_t i = 0; i < mapping->count; i++) {
        if (strcmp(mapping->members[i].key->text, key) == 0)
            return mapping->members[i].value;
    }
    return NULL;
}

bool node_is_nothing(const struct node *node)
{
    return node->kind == NODE_SCALAR && node->plain &&
           (node->text[0] == '\0' || strcmp(node->text, "~") == 0 ||
            strcmp(node->text, "null") == 0);
}

/* The text's beginning as shown.h escapes it: at most 64 bytes, whole UTF-8
 * characters, "..." where something was cut. */
static void clip(const char *text, char buffer[NODE_FOUND_MAX])
{
    enum { CLIP_BYTES = 64 };
    char shown[CLIP_BYTES + 2]; /* one byte more, to tell whether something is cut */
    size_t kept = strlen(shown_print(text, shown, sizeof shown));
    const bool cut = kept > CLIP_BYTES || kept < strlen(text);
    while (kept > CLIP_BYTES || (kept > 0 && cut && ((unsigned char)shown[kept] & 0xC0) == 0x80))
        kept--;
    snprintf(buffer, NODE_FOUND_MAX, "%.*s%s", (int)kept, shown, cut ? "..." : "");
}

const char *node_describe(const struct node *node, char buffer[NODE_FOUND_MAX])
{
    char text[NODE_FOUND_MAX];
    if (node->kind == NODE_LIST) {
        snprintf(buffer, NODE_FOUND_MAX, "%s", node->count == 0 ? "an empty list" : "a list");
    } else if (node->kind == NODE_MAPPING) {
        snprintf(buffer, NODE_FOUND_MAX, "a mapping");
    } else if (node_is_nothing(node)) {
        snprintf(buffer, NODE_FOUND_MAX, "nothing");
    } else {
        clip(node->text, text);
        const char *quote = node->plain ? "" : "\"";
        snprintf(buffer, NODE_FOUND_MAX, "'%s%.80s%s'", quote, text, quote);
    }
    return buffer;
}

enum lg_status node_fail(const struct node *node, struct lg_error *error, const char *format, ...)
{
    char message[sizeof error->message];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    const struct source *source = node->source;
    return lg_fail_at(error, source->code, source->name, source->has_lines ? node->line : 0,
                      source->has_lines ? node->column : 0, "%s", message);
}

enum lg_status node_fail_expected(const struct node *node, struct lg_error *error, const char *path,
                                  const char *expected)
{
    char found[NODE_FOUND_MAX];
    return node_fail(node, error, "%s: found %s, expected %s", path, node_describe(node, found),
                     expected);
}

enum lg_status node_fail_unknown(const struct node *node, struct lg_error *error, const char *kind,
                                 const char *const *names, size_t count)
{
    char given[NODE_FOUND_MAX];
    clip(node->text, given);
    const struct source *source = node->source;
    lg_fail_unknown(error, source->name, source->has_lines ? node->line : 0,
                    source->has_lines ? node->column : 0, kind, given, names, (int)count);
    if (error != NULL)
        error->code = source->code;
    return source->code;
}
