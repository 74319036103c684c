/* Latency of each level: a walk along pointers, each load of which waits for the one
 * before. Its way goes once through every cache line of the working set, in an order
 * that no prefetcher guesses. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/machine/measure.h"
#include "harness/machine/memory.h"
#include "harness/support/clock.h"
#include "lossgrid/pcg.h"

/* Loads of one repeat, and what a line is taken to be where the system does not report it. */
enum { LOADS = 32, LINE_BYTES = 64 };

struct chase {
    struct memory memory;
    size_t lines;
    void *at; /* where the walk is; the next block goes on from there */
};

static double chase_work(void *context, size_t repeats)
{
    struct chase *chase = context;
    void *at = chase->at;
    for (size_t repeat = 0; repeat < repeats; repeat++)
        for (int i = 0; i < LOADS; i++)
            at = *(void **)at;
    chase->at = at;
    return (double)(uintptr_t)at;
}

/* Walk through a working set that fits into a cache, so that it lies there: reading it
 * in order would not do, for lines that were only prefetched need not be kept. */
static void walk_through(void *context)
{
    enum { WALKS = 2 };
    const struct chase *chase = context;
    (void)chase_work(context, WALKS * chase->lines / LOADS + 1);
}

static void close_chase(void *context)
{
    struct chase *chase = context;
    memory_unmap(&chase->memory);
    free(chase);
}

/* One cycle through all lines: S. Sattolo, "An algorithm to generate a random cyclic
 * permutation", Information Processing Letters 22(6), 1986,
 * doi:10.1016/0020-0190(86)90073-6. */
static bool link_lines(char *bytes, size_t lines, size_t line_bytes)
{
    uint32_t *order = malloc(lines * sizeof *order);
    if (order == NULL)
        return false;
    struct lg_pcg pcg = lg_pcg_seed(3, 1);
    for (uint32_t i = 0; i < lines; i++)
        order[i] = i;
    for (uint32_t i = (uint32_t)lines - 1; i > 0; i--) {
        const uint32_t j = lg_pcg_below(&pcg, i), swapped = order[i];
        order[i] = order[j];
        order[j] = swapped;
    }
    for (size_t i = 0; i < lines; i++)
        *(void **)(bytes + i * line_bytes) = bytes + order[i] * line_bytes;
    free(order);
    return true;
}

static struct chase *open_chase(size_t bytes, size_t line_bytes, enum memory_pages wish)
{
    struct chase *chase = calloc(1, sizeof *chase);
    if (chase == NULL || !memory_map(&chase->memory, bytes, wish)) {
        free(chase);
        return NULL;
    }
    chase->at = chase->memory.bytes;
    chase->lines = bytes / line_bytes;
    if (!link_lines(chase->memory.bytes, chase->lines, line_bytes)) {
        close_chase(chase);
        return NULL;
    }
    return chase;
}

double measure_latency_of(size_t bytes)
{
    enum { TRIES = 5, REPEATS_LEAST = 2000 };
    struct chase *chase = open_chase(bytes, LINE_BYTES, MEMORY_HUGE);
    double least = 0;
    if (chase == NULL)
        return 0;
    walk_through(chase);
    const size_t round = chase->lines / LOADS;
    const size_t repeats = round > REPEATS_LEAST ? round : REPEATS_LEAST;
    volatile double kept;
    for (int i = 0; i < TRIES; i++) {
        const uint64_t begin = clock_wall_ns();
        kept = chase_work(chase, repeats);
        const double ns = (double)(clock_wall_ns() - begin) / (double)(repeats * LOADS);
        least = i == 0 || ns < least ? ns : least;
    }
    (void)kept;
    close_chase(chase);
    return least;
}

static void add(struct measures *measures, const struct level *level, bool is_cache,
                size_t line_bytes, enum memory_pages wish)
{
    struct measure what = {.name = "latency", .level = level->name, .unit = "ns", .pieces = LOADS};
    const char *wished = wish == MEMORY_HUGE ? "huge" : "base";
    struct chase *chase = NULL;
    what.pages = wished;
    if (level->bytes < 2 * line_bytes)
        snprintf(what.absent, sizeof what.absent, "%s", level->absent);
    else if ((chase = open_chase(level->bytes, line_bytes, wish)) == NULL)
        snprintf(what.absent, sizeof what.absent, "not enough memory");
    else
        what.pages = memory_pages(&chase->memory);
    if (chase != NULL && wish == MEMORY_HUGE && (what.pages == NULL || what.pages[0] != 'h')) {
        snprintf(what.absent, sizeof what.absent, "the system gives no huge pages");
        what.pages = wished;
        close_chase(chase);
        chase = NULL;
    }
    if (chase != NULL) {
        what.bytes = level->bytes / line_bytes * line_bytes;
        what.work = chase_work;
        what.prepare = is_cache ? walk_through : NULL;
        what.context = chase;
        what.close = close_chase;
    }
    (void)measures_add(measures, &what);
}

void measure_add_latency(struct measures *measures, const struct machine *machine,
                         const struct level levels[LEVELS])
{
    enum { L3 = 2, DRAM = LEVELS - 1 };
    size_t line_bytes = machine->cache_count > 0 ? machine->caches[0].line_bytes : 0;
    if (line_bytes < sizeof(void *) || line_bytes % sizeof(void *) != 0)
        line_bytes = LINE_BYTES;
    for (size_t i = 0; i < LEVELS; i++)
        add(measures, &levels[i], i < DRAM, line_bytes, MEMORY_BASE);
    /* In base pages a walk through much memory also waits for addresses to be
     * translated; in huge pages hardly. */
    for (size_t i = L3; i < LEVELS; i++)
        add(measures, &levels[i], i < DRAM, line_bytes, MEMORY_HUGE);
}
