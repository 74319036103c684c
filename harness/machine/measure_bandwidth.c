/* Bandwidth of each level: reading, copying, and the triad z = x + 3 y. Bytes count as
 * the program moves them; what a cache reads in order to write is not counted. */
#include <stdio.h>
#include <stdlib.h>

#include "harness/machine/measure.h"
#include "harness/machine/memory.h"
#include "lossgrid/backend.h"

/* One piece of memory serves all; a level takes the front of it. */
struct shared {
    struct memory memory;
    size_t users;
};

struct bandwidth {
    const struct lg_peak *peak;
    struct shared *shared;
    char *array[3];
    size_t count; /* reals of an array */
};

static double read_work(void *context, size_t repeats)
{
    const struct bandwidth *b = context;
    return b->peak->read(b->array[0], b->count, repeats);
}

static double copy_work(void *context, size_t repeats)
{
    const struct bandwidth *b = context;
    return b->peak->copy(b->array[1], b->array[0], b->count, repeats);
}

static double triad_work(void *context, size_t repeats)
{
    const struct bandwidth *b = context;
    return b->peak->triad(b->array[2], b->array[0], b->array[1], b->count, repeats);
}

static const struct {
    const char *name;
    size_t arrays;
    double (*work)(void *context, size_t repeats);
} kinds[] = {
    {"read_bandwidth", 1, read_work},
    {"copy_bandwidth", 2, copy_work},
    {"triad_bandwidth", 3, triad_work},
};
enum { KINDS = sizeof kinds / sizeof *kinds };

static void close_bandwidth(void *context)
{
    struct bandwidth *b = context;
    if (--b->shared->users == 0) {
        memory_unmap(&b->shared->memory);
        free(b->shared);
    }
    free(b);
}

/* The memory of the largest level, all of it written; NULL when there is not enough. */
static struct shared *open_shared(const struct level levels[LEVELS], const struct lg_backend *with)
{
    size_t most = 0;
    for (size_t i = 0; i < LEVELS; i++)
        most = levels[i].bytes > most ? levels[i].bytes : most;
    struct shared *shared = calloc(1, sizeof *shared);
    if (most == 0 || shared == NULL || !memory_map(&shared->memory, most, MEMORY_HUGE)) {
        free(shared);
        return NULL;
    }
    with->peak.fill(shared->memory.bytes, most / ((size_t)with->precision / 8));
    return shared;
}

static void add(struct measures *measures, const struct level *level, size_t kind,
                const struct lg_backend *backend, struct shared *shared)
{
    const size_t real_bytes = (size_t)backend->precision / 8, block = backend->peak.block;
    const size_t arrays = kinds[kind].arrays;
    const size_t count = level->bytes / arrays / real_bytes / block * block;
    struct bandwidth *b = calloc(1, sizeof *b);
    struct measure what = {.name = kinds[kind].name,
                           .isa = backend->isa,
                           .precision = lg_precision_name(backend->precision),
                           .level = level->name,
                           .unit = "GB/s",
                           .is_rate = true};
    if (count == 0 || shared == NULL || b == NULL) {
        snprintf(what.absent, sizeof what.absent, "%s",
                 level->bytes == 0 ? level->absent
                 : count == 0      ? "the cache is too small"
                                   : "not enough memory");
        free(b);
        (void)measures_add(measures, &what);
        return;
    }
    *b = (struct bandwidth){.peak = &backend->peak, .shared = shared, .count = count};
    for (size_t i = 0; i < arrays; i++)
        b->array[i] = (char *)shared->memory.bytes + i * count * real_bytes;
    shared->users++;
    what.bytes = arrays * count * real_bytes;
    what.pages = memory_pages(&shared->memory);
    what.pieces = (double)what.bytes;
    what.work = kinds[kind].work;
    what.context = b;
    what.close = close_bandwidth;
    (void)measures_add(measures, &what);
}

void measure_add_bandwidth(struct measures *measures, const struct level levels[LEVELS])
{
    const struct lg_backend *backend;
    if (lg_backend_select(LG_F64, NULL, &backend, NULL) != LG_OK)
        return; /* no copy of the engine runs here: nothing else will either */
    struct shared *shared = open_shared(levels, backend);
    for (size_t kind = 0; kind < KINDS; kind++)
        for (size_t i = 0; i < LEVELS; i++)
            add(measures, &levels[i], kind, backend, shared);
    if (shared != NULL && shared->users == 0) {
        memory_unmap(&shared->memory);
        free(shared);
    }
}
