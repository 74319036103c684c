/* One block of memory per run, planned before it is taken.
 *
 * The same layout function runs twice: over a measuring arena (no block), which
 * only adds up sizes, and over the real one. Views into an arena never own. */
#ifndef LOSSGRID_ARENA_H
#define LOSSGRID_ARENA_H

#include <stddef.h>

#include "lossgrid/status.h"

enum { LG_ALIGNMENT = 64 };

struct lg_arena {
    unsigned char *block; /* 64-byte aligned and zeroed; NULL while measuring */
    size_t size_bytes;    /* capacity */
    size_t used_bytes;
};

/* Take a zeroed block of size_bytes. LG_ENVIRONMENT when memory is short. */
enum lg_status lg_arena_create(struct lg_arena *arena, size_t size_bytes, struct lg_error *error);

/* The next size_bytes, 64-byte aligned; NULL while measuring. Asserts that a
 * real arena has room: sizes were measured by the same code. */
void *lg_arena_take(struct lg_arena *arena, size_t size_bytes);

/* Give the block back. */
void lg_arena_destroy(struct lg_arena *arena);

#endif
