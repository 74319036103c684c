#include "harness/machine/measure.h"

#include <assert.h>

#include "harness/support/clock.h"

struct measure *measures_add(struct measures *measures, const struct measure *measure)
{
    assert(measures->count < MEASURES_MAX);
    struct measure *added = &measures->all[measures->count++];
    *added = *measure;
    return added;
}

/* One block; ns that it took. */
static double block_ns(const struct measure *measure)
{
    const uint64_t begin = clock_wall_ns();
    const volatile double result = measure->work(measure->context, measure->repeats);
    const uint64_t end = clock_wall_ns();
    (void)result;
    return (double)(end - begin);
}

/* Blocks that do not count, until caches, pages and clock have settled. The first time
 * they also find how many repeats make a block. */
static void warm_up(struct measure *measure, const struct measure_effort *effort)
{
    const uint64_t begin = clock_wall_ns();
    if (measure->repeats == 0) {
        measure->repeats = 1;
        while (block_ns(measure) < (double)effort->block_ns)
            measure->repeats *= 2;
    }
    do {
        (void)block_ns(measure);
    } while (clock_wall_ns() - begin < effort->warm_ns);
}

static void take_pass(struct measure *measure, const struct measure_effort *effort)
{
    enum { LEAST = 2 };
    const size_t most = SAMPLE_MOST / effort->passes;
    if (measure->prepare != NULL)
        measure->prepare(measure->context);
    warm_up(measure, effort);
    const uint64_t begin = clock_wall_ns();
    for (size_t taken = 0;
         taken < most && (taken < LEAST || clock_wall_ns() - begin < effort->pass_ns); taken++) {
        const double work = measure->pieces * (double)measure->repeats;
        const double ns = block_ns(measure);
        measure->samples[measure->count++] = measure->is_rate ? work / ns : ns / work;
    }
}

void measures_run(struct measures *measures, const struct measure_effort *effort,
                  void (*show)(void *to, size_t done, size_t steps), void *to)
{
    const size_t steps = effort->passes * measures->count;
    for (size_t step = 0; step < steps; step++) {
        struct measure *measure = &measures->all[step % measures->count];
        if (measure->absent[0] == '\0')
            take_pass(measure, effort);
        if (show != NULL)
            show(to, step + 1, steps);
    }
    for (size_t i = 0; i < measures->count; i++)
        if (measures->all[i].count > 0)
            sample_summarise(measures->all[i].samples, measures->all[i].count,
                             &measures->all[i].summary);
}

void measures_close(struct measures *measures)
{
    for (size_t i = 0; i < measures->count; i++)
        if (measures->all[i].close != NULL)
            measures->all[i].close(measures->all[i].context);
    measures->count = 0;
}
