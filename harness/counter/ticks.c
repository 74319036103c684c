#include "harness/counter/ticks.h"

#include <stdio.h>
#include <string.h>

#include "harness/machine/tsc.h"
#include "harness/support/clock.h"

static uint64_t system_ns(void)
{
    return clock_wall_ns();
}

void ticks_find(struct ticks *ticks)
{
    struct tsc_rate rate;
    tsc_find_rate(&rate);
    if (rate.hz > 0) {
        *ticks = (struct ticks){tsc_name(), tsc_reader(), rate.hz, true, ""};
        if (strcmp(ticks->name, "rdtsc") == 0)
            snprintf(ticks->why, sizeof ticks->why, "this processor has no rdtscp");
        return;
    }
    *ticks = (struct ticks){"clock_gettime", system_ns, 1e9, false, ""};
    snprintf(ticks->why, sizeof ticks->why, "%s", rate.source);
}
