/* Optimizers within the training of a network, against their second formulas. */
#ifndef HARNESS_GRADCHECK_OPTIMIZER_TRAINING_H
#define HARNESS_GRADCHECK_OPTIMIZER_TRAINING_H

#include "harness/gradcheck/formula_check.h"
#include "lossgrid/backend.h"

/* Ways to train: batches streamed, walked, packed; collected for an L1 penalty, for clipping;
 * a second loss and a schedule. */
size_t optimizer_training_count(void);
const char *optimizer_training_name(size_t index);

/* Train a linear network a few steps one way. Its gradient is summed up in bounded numbers
 * from the parameters before each step: of a sum of absolute errors, so that it is exact,
 * and 0 where an output equals its target. Adds to *verdict. */
enum lg_status optimizer_training_check(const struct lg_backend *backend,
                                        const struct lg_choice *optimizer,
                                        const struct formula *formula, size_t index, uint64_t seed,
                                        struct formula_verdict *verdict, struct lg_error *error);

#endif
