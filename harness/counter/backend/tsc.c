/* The processor's own clock: the time stamp counter of x86-64 where it runs at one
 * rate, the virtual counter of AArch64. */
#include <stdio.h>

#include "harness/counter/counter.h"
#include "harness/machine/tsc.h"

enum { TICKS, NANOSECONDS, COLUMNS };

static const struct counter_column columns[COLUMNS] = {
    [TICKS] = {"ticks", "ticks", "of the processor's clock (rdtscp or rdtsc, cntvct_el0)", false},
    [NANOSECONDS] = {"ticks_ns", "ns", "the same, by the clock's rate", false},
};

struct tick_state {
    double ns_per_tick;
    uint64_t (*now)(void);
};

static enum lg_status open_tick(void *state, struct counter_opened *opened, struct lg_error *error)
{
    struct tick_state *tick = state;
    struct tsc_rate rate;
    tsc_find_rate(&rate);
    if (rate.hz <= 0)
        return lg_fail(error, LG_ENVIRONMENT, "%s", rate.source);
    tick->ns_per_tick = 1e9 / rate.hz;
    tick->now = tsc_reader();
    snprintf(opened->detail, sizeof opened->detail, "%.3f MHz (%s)", rate.hz / 1e6, rate.source);
    return LG_OK;
}

static void read_tick(void *state, uint64_t *slots)
{
    const struct tick_state *tick = state;
    slots[TICKS] = tick->now();
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
