/* The processor's own clock: the time stamp counter of x86-64 where it runs at one
 * rate, the virtual counter of AArch64. */
#include <stdio.h>

#include "harness/measure/counter.h"
#include "harness/measure/processor.h"
#include "harness/run/clock.h"

enum { TICKS, NANOSECONDS, COLUMNS, MEASURED_NS = 20000000 };

static const struct counter_column columns[COLUMNS] = {
    [TICKS] = {"ticks", "ticks", "of the processor's clock (rdtscp, cntvct_el0)", false},
    [NANOSECONDS] = {"ticks_ns", "ns", "the same, by the clock's rate", false},
};

struct tick_state {
    double ns_per_tick;
};

/* The two clocks at one moment. The process may be stopped between any two readings, so
 * the pair is taken whose readings lie closest together. */
static void read_both(uint64_t *ns, uint64_t *tick)
{
    enum { TRIES = 16 };
    uint64_t closest = UINT64_MAX;
    for (int i = 0; i < TRIES; i++) {
        const uint64_t before = clock_ns(CLOCK_MONOTONIC_RAW), between = processor_tick();
        const uint64_t after = clock_ns(CLOCK_MONOTONIC_RAW);
        if (after - before >= closest)
            continue;
        closest = after - before;
        *ns = before + closest / 2;
        *tick = between;
    }
}

/* The rate by the system's clock over some milliseconds of waiting. */
static double measure_rate(void)
{
    uint64_t start_ns = 0, start = 0, end_ns = 0, end = 0;
    read_both(&start_ns, &start);
    while (clock_ns(CLOCK_MONOTONIC_RAW) - start_ns < MEASURED_NS) {
    }
    read_both(&end_ns, &end);
    return (double)(end - start) * 1e9 / (double)(end_ns - start_ns);
}

static enum lg_status open_tick(void *state, struct counter_opened *opened, struct lg_error *error)
{
    struct tick_state *tick = state;
    const char *source;
    if (!processor_has_tick())
        return lg_fail(error, LG_ENVIRONMENT, "this processor has no such clock");
    const enum processor_answer invariant = processor_tick_is_invariant();
    if (invariant != PROCESSOR_YES)
        return lg_fail(error, LG_ENVIRONMENT,
                       "the processor %s that its time stamp counter runs at one rate "
                       "(invariant TSC)",
                       invariant == PROCESSOR_NO ? "denies" : "does not say");
    double rate = processor_tick_rate(&source);
    if (rate <= 0) {
        rate = measure_rate();
        source = "measured by CLOCK_MONOTONIC_RAW";
    }
    tick->ns_per_tick = 1e9 / rate;
    snprintf(opened->detail, sizeof opened->detail, "%.3f MHz (%s)", rate / 1e6, source);
    return LG_OK;
}

static void read_tick(void *state, uint64_t *slots)
{
    (void)state;
    slots[TICKS] = processor_tick();
    slots[NANOSECONDS] = 0; /* made of the ticks */
}

static void tick_value(const void *state, const uint64_t *slots, size_t column,
                       struct counter_value *value)
{
    const struct tick_state *tick = state;
    const double scale = column == NANOSECONDS ? tick->ns_per_tick : 1;
    value->value = (double)slots[TICKS] * scale;
}

const struct counter counter_tsc = {
    .name = "tsc",
    .summary = "the processor's own clock",
    .columns = columns,
    .column_count = COLUMNS,
    .slot_count = COLUMNS,
    .state_bytes = sizeof(struct tick_state),
    .open = open_tick,
    .read = read_tick,
    .value = tick_value,
};
