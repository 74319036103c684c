/* Staying on one processor. */
#ifndef HARNESS_MACHINE_PIN_H
#define HARNESS_MACHINE_PIN_H

#include <stddef.h>

/* Keep the calling thread on the processor that it runs on now. Returns its number, or
 * -1 with the reason in why, which is empty otherwise. */
int pin_here(char *why, size_t size);

#endif
