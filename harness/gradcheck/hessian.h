/* The symmetry of second derivatives. */
#ifndef HARNESS_GRADCHECK_HESSIAN_H
#define HARNESS_GRADCHECK_HESSIAN_H

#include "harness/gradcheck/check.h"

/* The largest |H_ij - H_ji| of a block's rows over the largest |H_ij| of all, and an error bar
 * of it. H is made of central differences of the reference copy's gradient. */
struct asymmetry {
    double value, error;
};

/* For every block of a small subject. work: (size * (size + 3)). Returns false, having
 * done nothing, where the function has a kink near the point. */
bool hessian_measure(struct check *check, double *work, struct asymmetry *asymmetry);

#endif
