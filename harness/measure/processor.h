/* What the processor says of itself, without the system's help. */
#ifndef HARNESS_MEASURE_PROCESSOR_H
#define HARNESS_MEASURE_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum processor_answer { PROCESSOR_NO, PROCESSOR_YES, PROCESSOR_UNKNOWN };

/* The hypervisor's name into name, "none" on bare metal; false when not told. */
bool processor_hypervisor(char *name, size_t size);

/* Whether the time stamp counter runs at one rate in every power state. The counter
 * of AArch64 always does. */
enum processor_answer processor_tick_is_invariant(void);

/* Whether there is a tick whose reading waits for the instructions before it. */
bool processor_has_tick(void);

/* The tick, after all instructions before it and before all after it. Only where
 * processor_has_tick(). */
uint64_t processor_tick(void);

/* The tick's rate in Hz as the processor tells it, 0 when it does not; *source says
 * where it stands, in static words. */
double processor_tick_rate(const char **source);

#endif
