/* The processor's own clock, that a program reads by an instruction or two: rdtscp on x86-64,
 * or rdtsc between fences where it has no rdtscp; cntvct_el0 on AArch64. */
#ifndef HARNESS_MACHINE_TSC_H
#define HARNESS_MACHINE_TSC_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/machine/processor.h"

/* The features of an x86-64 processor. */
struct tsc_features {
    bool has_rdtsc, has_rdtscp;
    enum processor_answer invariant;
};

/* Use these features in place of the processor's own, for tests; NULL: the processor's
 * again. No thread may be reading. */
void tsc_stand_in(const struct tsc_features *features);

/* The name of the instruction or register that is used. Static. */
const char *tsc_name(void);

/* True if it can be read here. */
bool tsc_is_readable(void);

/* The answer to whether it runs at one rate in every power state. That of AArch64 always
 * does. */
enum processor_answer tsc_is_invariant(void);

/* Read it, after all instructions before it and before all after it; 0 where it cannot
 * be read. */
uint64_t tsc_read(void);

/* The function that tsc_read() calls, for those who call it often. */
uint64_t (*tsc_reader(void))(void);

struct tsc_rate {
    double hz;          /* 0: unknown */
    const char *source; /* its source or why it is unknown. Static. */
};

/* A measurement of the counter's rate: begin, let seconds pass, end. */
struct tsc_span {
    uint64_t ticks, ns;
};

void tsc_begin(struct tsc_span *span);

/* The rate as the CPU reports it, else as measured since tsc_begin(), where the counter
 * runs at one rate. */
void tsc_end(const struct tsc_span *span, struct tsc_rate *rate);

/* The same at once, or, where it must be measured, in some milliseconds. */
void tsc_find_rate(struct tsc_rate *rate);

#endif
