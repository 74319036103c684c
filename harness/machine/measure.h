/* Measurements by repetition. Each thing is measured in blocks of so many repeats that a
 * block takes far longer than reading the clock; the first blocks of a pass are for warming
 * up; all things take turns in several passes, so that disturbances of the machine fall on
 * all of them. */
#ifndef HARNESS_MACHINE_MEASURE_H
#define HARNESS_MACHINE_MEASURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/machine/level.h"
#include "harness/stats/sample.h"

enum { MEASURES_MAX = 96, MEASURE_REASON_MAX = LEVEL_REASON_MAX };

/* One thing. Texts are static; NULL where they do not apply. */
struct measure {
    const char *name;
    const char *isa, *precision;
    const char *level, *pages; /* of memory; pages: "base" or "huge" */
    size_t bytes;              /* the working set; 0: none */
    const char *clock;
    const char *unit;
    const char *note;
    bool is_rate;  /* work per ns, more is better; else ns per piece of work */
    double pieces; /* of work in a repeat */

    /* Do the work `repeats` times; the result depends on all of it. */
    double (*work)(void *context, size_t repeats);
    void *context;
    void (*prepare)(void *context); /* before each pass; NULL: nothing to prepare */
    void (*close)(void *context);   /* frees it; NULL: nothing to free */

    char absent[MEASURE_REASON_MAX]; /* why it cannot be measured, or empty */
    size_t repeats;                  /* of a block */
    size_t count;
    double samples[SAMPLE_MOST];
    struct sample_summary summary;
};

struct measures {
    size_t count;
    struct measure all[MEASURES_MAX];
};

struct measure_effort {
    size_t passes;
    uint64_t warm_ns, pass_ns, block_ns; /* of each thing in each pass; least of a block */
};

/* Add a thing, which the list then owns. Returns where it lies. */
struct measure *measures_add(struct measures *measures, const struct measure *measure);

/* Measure all that is not absent, and summarise. show (may be NULL) is called after each
 * step with the numbers of steps done and of all. */
void measures_run(struct measures *measures, const struct measure_effort *effort,
                  void (*show)(void *to, size_t done, size_t steps), void *to);

/* Close all contexts. */
void measures_close(struct measures *measures);

/* Add the things of one file each. machine and levels have the sizes of caches. */
void measure_add_arithmetic(struct measures *measures);
void measure_add_bandwidth(struct measures *measures, const struct level levels[LEVELS]);
void measure_add_latency(struct measures *measures, const struct machine *machine,
                         const struct level levels[LEVELS]);
void measure_add_clocks(struct measures *measures);

/* ns of a load on a walk through so many bytes, the least of a few tries; 0 when memory is
 * short. */
double measure_latency_of(size_t bytes);

#endif
