#include "harness/machine/level.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

enum { CACHES = LEVELS - 1 };

/* More memory than this is not taken; nor is more than an eighth of the machine's. */
static const size_t most_bytes = (size_t)1 << 30;
/* A size taken for more than any cache where theirs are unknown. */
static const size_t swept_bytes = (size_t)1 << 28;

/* Bytes of the data cache of a level, or 0. */
static size_t cache_bytes(const struct machine *machine, int number)
{
    for (size_t i = 0; i < machine->cache_count; i++) {
        const struct machine_cache *cache = &machine->caches[i];
        if (cache->name[0] == 'L' && cache->name[1] == '0' + number && cache->name[2] != 'i')
            return cache->size_bytes;
    }
    return 0;
}

/* The whole square root, by Newton's method from above. */
static size_t square_root(size_t square)
{
    size_t root = square, next = square / 2 + 1;
    while (next < root) {
        root = next;
        next = (root + square / root) / 2;
    }
    return root;
}

static bool is_swept(const struct machine *machine)
{
    return machine->caches_from != NULL && strcmp(machine->caches_from, MACHINE_SWEEP) == 0;
}

static void find_cache(struct level *level, const struct machine *machine, size_t bytes,
                       size_t smaller, int number)
{
    if (bytes == 0 && is_swept(machine))
        snprintf(level->absent, sizeof level->absent,
                 "the system reports no caches, and a sweep of latencies found no end of an L%d",
                 number);
    else if (bytes == 0)
        snprintf(level->absent, sizeof level->absent, "the system reports no L%d data cache",
                 number);
    else if (number > 1 && smaller == 0)
        snprintf(level->absent, sizeof level->absent, "the size of L%d is unknown", number - 1);
    else if (bytes <= smaller)
        snprintf(level->absent, sizeof level->absent, "L%d is not larger than L%d", number,
                 number - 1);
    else
        level->bytes = number == 1 ? bytes / 2 : square_root(bytes) * square_root(smaller);
}

static void find_dram(struct level *level, const struct machine *machine, size_t last)
{
    const size_t eighth = machine->memory_bytes / 8;
    const size_t most = eighth > 0 && eighth < most_bytes ? eighth : most_bytes;
    /* A sweep may not have reached the last cache's end. */
    if (is_swept(machine))
        level->bytes = most < swept_bytes ? most : swept_bytes;
    else if (last == 0)
        snprintf(level->absent, sizeof level->absent, "the sizes of the caches are unknown");
    else if (4 * last > most)
        snprintf(level->absent, sizeof level->absent,
                 "four times the last cache would be %zu MiB, and %zu MiB may be used",
                 4 * last >> 20, most >> 20);
    else
        level->bytes = 4 * last;
}

void levels_find(const struct machine *machine, struct level levels[LEVELS])
{
    static const char *const names[LEVELS] = {"L1", "L2", "L3", "DRAM"};
    size_t sizes[CACHES + 1] = {0}, last = 0;
    for (int i = 0; i < LEVELS; i++)
        levels[i] = (struct level){.name = names[i]};
    for (int number = 1; number <= CACHES; number++) {
        sizes[number] = cache_bytes(machine, number);
        last = sizes[number] > last ? sizes[number] : last;
        find_cache(&levels[number - 1], machine, sizes[number], sizes[number - 1], number);
    }
    /* Beyond L1 alone may still be a cache that the system does not report. */
    find_dram(&levels[CACHES], machine, sizes[2] > 0 ? last : 0);
}
