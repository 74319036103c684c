/* The clocks of the system. */
#include "harness/support/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/counter/counter.h"

static const struct counter_column columns[] = {
    {"wall_ns", "ns", "time that passes for everyone (CLOCK_MONOTONIC)", false},
    {"wall_raw_ns", "ns", "the same, not steered by NTP (CLOCK_MONOTONIC_RAW)", false},
    {"cpu_ns", "ns", "time that this process has computed (CLOCK_PROCESS_CPUTIME_ID)", false},
};
enum { COLUMNS = sizeof columns / sizeof *columns };
static const clockid_t clocks[COLUMNS] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
                                          CLOCK_PROCESS_CPUTIME_ID};

static enum lg_status open_clocks(void *state, struct counter_opened *opened,
                                  struct lg_error *error)
{
    bool *works = state;
    size_t count = 0;
    for (size_t i = 0; i < COLUMNS; i++) {
        struct timespec now;
        works[i] = clock_gettime(clocks[i], &now) == 0;
        count += works[i];
        if (!works[i])
            snprintf(opened->reason[i], COUNTER_REASON_MAX, "the system lacks this clock: %s",
                     strerror(errno));
    }
    if (count == 0)
        return lg_fail(error, LG_ENVIRONMENT, "the system has no clock");
    return LG_OK;
}

static void read_clocks(void *state, uint64_t *slots)
{
    const bool *works = state;
    for (size_t i = 0; i < COLUMNS; i++)
        slots[i] = works[i] ? clock_ns(clocks[i]) : 0;
}

const struct counter counter_clock = {
    .name = "clock",
    .summary = "the clocks of the system",
    .columns = columns,
    .column_count = COLUMNS,
    .slot_count = COLUMNS,
    .state_bytes = COLUMNS * sizeof(bool),
    .open = open_clocks,
    .read = read_clocks,
};
