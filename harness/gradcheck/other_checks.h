/* What is checked beside gradients: updates, and paths that must agree. */
#ifndef HARNESS_GRADCHECK_OTHER_CHECKS_H
#define HARNESS_GRADCHECK_OTHER_CHECKS_H

#include "harness/gradcheck/network_subject.h"
#include "harness/gradcheck/result.h"

/* Ten steps of an optimizer on random gradients in f64 and f32 against long double, in units
 * of the last place of the largest parameter. One that searches along lines is skipped.
 * *result has been begun. */
enum lg_status optimizer_check(const struct copies *copies, const struct lg_choice *optimizer,
                               uint64_t seed, struct result *result, struct lg_error *error);

/* The gradient of a batch of one, streamed through the optimizer, against the same collected
 * in memory (the same bits, f32 and f64), and the mean of a batch's samples' gradients
 * against the batch's. *result has been begun. */
enum lg_status path_check(const struct copies *copies, const struct network_request *request,
                          struct result *result, struct lg_error *error);

#endif
