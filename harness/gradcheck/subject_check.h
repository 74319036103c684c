/* All checks of one subject. */
#ifndef HARNESS_GRADCHECK_SUBJECT_CHECK_H
#define HARNESS_GRADCHECK_SUBJECT_CHECK_H

#include "harness/gradcheck/fault.h"
#include "harness/gradcheck/result.h"

/* Judge the engine's gradient, or with `fault` the same with that fault, at the
 * subject's point and at its kinks; compare the copies; sweep the steps of one derivative;
 * test second derivatives. *result has been begun. LG_ENVIRONMENT when memory is short. */
enum lg_status subject_check(struct subject *subject, const struct check_plan *plan,
                             const struct fault *fault, struct result *result,
                             struct lg_error *error);

#endif
