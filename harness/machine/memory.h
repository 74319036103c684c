/* Memory of known page size, in which a working set is measured. */
#ifndef HARNESS_MACHINE_MEMORY_H
#define HARNESS_MACHINE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

enum memory_pages { MEMORY_BASE, MEMORY_HUGE };

struct memory {
    void *bytes; /* (size_bytes), zero, aligned to a huge page; not touched yet */
    size_t size_bytes;
    void *map; /* the mapping that holds it */
    size_t map_bytes;
};

/* Map memory and ask the system for pages of a kind. False when there is not enough.
 * The caller ends it with memory_unmap(). */
bool memory_map(struct memory *memory, size_t size_bytes, enum memory_pages wish);

/* Safe on a zeroed struct. */
void memory_unmap(struct memory *memory);

/* "base" or "huge": the pages of most of the memory, touched by now. NULL when the system
 * does not report it. */
const char *memory_pages(const struct memory *memory);

/* The system's page sizes. */
struct memory_facts {
    size_t base_bytes, huge_bytes; /* 0: unknown, or none */
    char huge_policy[32];          /* always, madvise or never; empty: unknown */
};

void memory_look(struct memory_facts *facts);

#endif
