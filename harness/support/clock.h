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

/* Nanoseconds that pass for everyone. */
static inline uint64_t clock_wall_ns(void)
{
    return clock_ns(CLOCK_MONOTONIC);
}

/* Nanoseconds that this process has computed. */
static inline uint64_t clock_cpu_ns(void)
{
    return clock_ns(CLOCK_PROCESS_CPUTIME_ID);
}

/* The same, or where the system does not count it those that pass for everyone. */
static inline uint64_t clock_busy_ns(void)
{
    const uint64_t own = clock_cpu_ns();
    return own > 0 ? own : clock_wall_ns();
}

#endif
