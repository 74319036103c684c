/* Faults injected between a gradient and an optimizer, to show that its second formula
 * finds them. */
#ifndef HARNESS_GRADCHECK_OPTIMIZER_FAULT_H
#define HARNESS_GRADCHECK_OPTIMIZER_FAULT_H

#include "harness/gradcheck/optimizer_case.h"

/* wrong = the case's gradients as the fault of that name (fault.h) makes them, in every
 * step: (steps, rows, columns). False for a fault that gradients cannot have. */
bool optimizer_inject(const char *name, const struct optimizer_case *own, double *wrong);

#endif
