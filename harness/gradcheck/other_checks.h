/* Checks of other things than gradients: updates, and paths that must agree. */
#ifndef HARNESS_GRADCHECK_OTHER_CHECKS_H
#define HARNESS_GRADCHECK_OTHER_CHECKS_H

#include "harness/gradcheck/network_subject.h"
#include "harness/gradcheck/result.h"

/* Steps of an optimizer in f64 and f32, alone and within a network's training, against its
 * second formula (formula/formula.h), and the other copies that this machine runs against
 * the same bits; a batch method's evaluations. Without a second formula it fails. fault:
 * NULL, or the name of the fault in the gradients that the optimizer alone gets. *result
 * has been begun. */
enum lg_status optimizer_check(const struct copies *copies, const struct lg_choice *optimizer,
                               uint64_t seed, const char *fault, struct result *result,
                               struct lg_error *error);

/* The gradient of a batch of one, streamed through the optimizer, against the same collected
 * in memory (the same bits, f32 and f64), and the mean of a batch's samples' gradients
 * against the batch's. *result has been begun. */
enum lg_status path_check(const struct copies *copies, const struct network_request *request,
                          struct result *result, struct lg_error *error);

#endif
