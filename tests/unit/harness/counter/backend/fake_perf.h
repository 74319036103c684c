/* A kernel for the perf back end, as narrow, forbidding or broken as a test wants. */
#ifndef TESTS_UNIT_HARNESS_MEASURE_COUNTER_FAKE_PERF_H
#define TESTS_UNIT_HARNESS_MEASURE_COUNTER_FAKE_PERF_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/counter/backend/perf.h"

enum { FAKE_DESCRIPTORS = 256, FAKE_FIRST = 100 };

/* One event that was opened; its descriptor is FAKE_FIRST and its place in the list. */
struct fake_event {
    struct perf_event_attr attributes;
    int group; /* as asked: -1 for a leader */
    unsigned long flags;
    bool is_open, is_enabled;
    uint64_t enabled_ns; /* grows by 1000 with each reading of its group */
    uint64_t reset_count;
};

/* Set by the test before opening. */
struct fake_perf {
    int refuse_hardware, refuse_software, refuse_kernel; /* errno; 0: not */
    int refuse_config;                                   /* hardware event with this config... */
    int refuse_config_code;                              /* ...gets this errno; 0: none */
    size_t width;      /* a wider hardware group is EINVAL; 0: no limit */
    size_t free_width; /* a wider one opens, and never runs; 0: no limit */
    unsigned running_percent;
    bool short_reads;
    int fail_after; /* opens that work before EMFILE; 0: all */
};

extern struct fake_perf fake;
extern struct fake_event fake_events[FAKE_DESCRIPTORS];
extern int fake_count;
extern const struct perf_system fake_system;

/* Everything as at first: an obliging kernel. */
void fake_perf_reset(void);

/* Descriptors that are open, and calls on ones that are not. */
int fake_open_count(void);
extern int fake_misuses;

#endif
