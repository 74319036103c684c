/* The domain of a loss: the outputs on which its value is what its name says. It depends on
 * the loss (its shape) and the last layer's activation, so it is known before training. */
#ifndef HARNESS_SPEC_DOMAIN_H
#define HARNESS_SPEC_DOMAIN_H

#include "harness/spec/value.h"
#include "lossgrid/backend.h"

enum { DOMAIN_WHY_MAX = 256 };

/* A kind of target in words, for messages and the catalogue: "a class, from 0 on". */
const char *target_describe(enum lg_target target);

/* Numbers in a row of targets for `features` predictions; 0: there are none. */
size_t target_features(enum lg_target target, size_t features);

/* The predictions for which the formula yields a number, likewise: "numbers from 0 to 1".
 * Returns buffer. */
const char *domain_describe_prediction(const struct lg_loss_shape *shape,
                                       char buffer[VALUE_EXPECTED_MAX]);

/* The predictions for which that number is what the loss's name says: "log-probabilities
 * (the exponentials of a sample's add up to 1)". Returns buffer. */
const char *domain_describe(const struct lg_loss_shape *shape, char buffer[VALUE_EXPECTED_MAX]);

/* True if the formula yields a number on all outputs of this activation. */
bool domain_allows(const struct lg_backend *registries, size_t activation,
                   const struct lg_loss_shape *shape);

/* True if the loss, with these options, is defined on this activation's outputs in this
 * task. If not, `why` says what it needs and what it gets. */
bool domain_holds(const struct lg_backend *registries, enum lg_task task, size_t activation,
                  const struct lg_choice *loss, char why[DOMAIN_WHY_MAX]);

#endif
