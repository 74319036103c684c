/* The clock that goes on while the system sleeps. */
#include <errno.h>
#include <string.h>
#include <time.h>

#include "harness/counter/counter.h"
#include "harness/support/clock.h"

static const struct counter_column columns[] = {
    {"boottime_ns", "ns", "time since the system began, asleep too (CLOCK_BOOTTIME)", false},
};

static enum lg_status open_boottime(void *state, struct counter_opened *opened,
                                    struct lg_error *error)
{
    struct timespec now;
    (void)state;
    (void)opened;
    if (clock_gettime(CLOCK_BOOTTIME, &now) != 0)
        return lg_fail(error, LG_ENVIRONMENT, "the system lacks this clock: %s", strerror(errno));
    return LG_OK;
}

static void read_boottime(void *state, uint64_t *slots)
{
    (void)state;
    slots[0] = clock_ns(CLOCK_BOOTTIME);
}

const struct counter counter_boottime = {
    .name = "boottime",
    .summary = "the clock that goes on while the system sleeps",
    .columns = columns,
    .column_count = 1,
    .slot_count = 1,
    .open = open_boottime,
    .read = read_boottime,
};
