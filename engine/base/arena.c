#include "lossgrid/arena.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static size_t round_up(size_t size_bytes)
{
    return (size_bytes + LG_ALIGNMENT - 1) / LG_ALIGNMENT * LG_ALIGNMENT;
}

enum lg_status lg_arena_create(struct lg_arena *arena, size_t size_bytes, struct lg_error *error)
{
    *arena = (struct lg_arena){0};
    /* aligned_alloc() wants whole multiples of the alignment, and may answer NULL to zero
     * bytes: an empty arena still has a block, which distinguishes it from a measuring one. */
    void *block = NULL;
    size_t rounded = 0;
    if (size_bytes <= SIZE_MAX - LG_ALIGNMENT) {
        rounded = round_up(size_bytes > 0 ? size_bytes : 1);
        block = aligned_alloc(LG_ALIGNMENT, rounded);
    }
    if (block == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a block of %zu bytes",
                       size_bytes);
    memset(block, 0, rounded);
    arena->block = block;
    arena->size_bytes = rounded;
    return LG_OK;
}

void *lg_arena_take(struct lg_arena *arena, size_t size_bytes)
{
    assert(size_bytes <= SIZE_MAX - LG_ALIGNMENT);
    size_t rounded = round_up(size_bytes);
    assert(rounded <= SIZE_MAX - arena->used_bytes);
    assert(arena->block == NULL || rounded <= arena->size_bytes - arena->used_bytes);
    void *view = arena->block != NULL ? arena->block + arena->used_bytes : NULL;
    arena->used_bytes += rounded;
    return view;
}

void lg_arena_destroy(struct lg_arena *arena)
{
    free(arena->block);
    *arena = (struct lg_arena){0};
}
