/* Defects between a gradient and an optimizer, to see that its second formula finds them. */
#ifndef HARNESS_GRADCHECK_OPTIMIZER_PLANT_H
#define HARNESS_GRADCHECK_OPTIMIZER_PLANT_H

#include "harness/gradcheck/optimizer_case.h"

/* wrong = the case's gradients as the defect of that name (plant.h) makes them, in every
 * step: (steps, rows, columns). False for a defect that gradients cannot have. */
bool optimizer_plant(const char *name, const struct optimizer_case *own, double *wrong);

#endif
