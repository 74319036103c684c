/* The counter that a program reads by one instruction: rdtscp on x86-64, cntvct_el0 on
 * AArch64. */
#ifndef HARNESS_MEASURE_TSC_H
#define HARNESS_MEASURE_TSC_H

#include <stdbool.h>
#include <stdint.h>

/* The name of the instruction or register. Static. */
const char *tsc_name(void);

/* Whether it can be read here. */
bool tsc_is_readable(void);

/* Read it; 0 where it cannot be read. */
uint64_t tsc_read(void);

struct tsc_rate {
    double hz;          /* 0: unknown */
    const char *source; /* where it is from or why it is unknown. Static. */
};

/* A measurement of the counter's rate: begin, let seconds pass, end. */
struct tsc_span {
    uint64_t ticks, ns;
};

void tsc_begin(struct tsc_span *span);

/* The rate as the CPU tells it, else as measured since tsc_begin(), where the counter
 * runs at one rate. */
void tsc_end(const struct tsc_span *span, struct tsc_rate *rate);

#endif
