#include "harness/machine/calibration.h"

#include <stdlib.h>

#include "harness/machine/pin.h"

/* Some forty things: about 16 s, or 3, and a moment to prepare. */
static const struct measure_effort efforts[] = {
    {.passes = 5, .warm_ns = 10000000, .pass_ns = 70000000, .block_ns = 1000000},
    {.passes = 3, .warm_ns = 4000000, .pass_ns = 18000000, .block_ns = 500000},
};

enum lg_status calibration_take(struct calibration **calibration, bool quick,
                                void (*show)(void *to, size_t done, size_t steps), void *to,
                                struct lg_error *error)
{
    struct level levels[LEVELS];
    struct tsc_span span;
    struct calibration *c = calloc(1, sizeof *c);
    *calibration = c;
    if (c == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    c->quick = quick;
    c->effort = efforts[quick];
    machine_look(&c->machine);
    memory_look(&c->memory);
    c->processor = pin_here(c->unpinned, sizeof c->unpinned);
    tsc_begin(&span);
    if (!machine_knows_caches(&c->machine))
        machine_sweep_caches(&c->machine);
    levels_find(&c->machine, levels);
    measure_add_clocks(&c->measures);
    measure_add_arithmetic(&c->measures);
    measure_add_bandwidth(&c->measures, levels);
    measure_add_latency(&c->measures, &c->machine, levels);
    measures_run(&c->measures, &c->effort, show, to);
    tsc_end(&span, &c->tsc);
    return LG_OK;
}

void calibration_free(struct calibration *calibration)
{
    if (calibration != NULL)
        measures_close(&calibration->measures);
    free(calibration);
}
