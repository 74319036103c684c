/* The facts that the processor itself reports, without the system. */
#ifndef HARNESS_MACHINE_PROCESSOR_H
#define HARNESS_MACHINE_PROCESSOR_H

#include <stdbool.h>
#include <stddef.h>

enum processor_answer { PROCESSOR_NO, PROCESSOR_YES, PROCESSOR_UNKNOWN };

/* The hypervisor's name into name, "none" on bare metal; false when unknown. */
bool processor_hypervisor(char *name, size_t size);

#endif
