/* The two clocks of a measurement. */
#ifndef HARNESS_SUPPORT_CLOCK_H
#define HARNESS_SUPPORT_CLOCK_H

#include <stdint.h>
#include <time.h>

static inline uint64_t clock_ns(clockid_t clock)
{
    struct timespec now = {0, 0}; /* 0 where the system has no such clock */
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

/* Wall time in nanoseconds. */
static inline uint64_t clock_wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* Processor time of this process in nanoseconds. */
static inline uint64_t clock_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* The same, or wall time where the system does not count it. */
static inline uint64_t clock_busy_ns(void)
{
    const uint64_t own = clock_cpu_ns();
    return own > 0 ? own : clock_wall_ns();
}

#endif
