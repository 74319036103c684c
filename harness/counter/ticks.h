/* The clock that times parts of a step: the processor's own where it runs at one known
 * rate, else the system's, which takes longer to read. */
#ifndef HARNESS_COUNTER_TICKS_H
#define HARNESS_COUNTER_TICKS_H

#include <stdbool.h>
#include <stdint.h>

enum { TICKS_WHY_MAX = 160 };

struct ticks {
    const char *name;      /* "rdtscp", "rdtsc", "cntvct_el0" or "clock_gettime". Static. */
    uint64_t (*now)(void); /* reads it */
    double hz;
    bool is_processor;       /* false: the system's, in ns */
    char why[TICKS_WHY_MAX]; /* why it is not the best kind of clock, or empty */
};

/* The best that there is. */
void ticks_find(struct ticks *ticks);

#endif
