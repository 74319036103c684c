/* On which outputs a loss's value is what its name says: a property of the loss (its
 * shape) and of the last layer's activation, so known before anything is trained. */
#ifndef HARNESS_SPEC_DOMAIN_H
#define HARNESS_SPEC_DOMAIN_H

#include "harness/spec/value.h"
#include "lossgrid/backend.h"

enum { DOMAIN_WHY_MAX = 256 };

/* What a kind of target is, for messages and the catalogue: "a class, from 0 on". */
const char *target_describe(enum lg_target target);

/* Numbers in a row of targets beside `features` predictions; 0: there are none. */
size_t target_features(enum lg_target target, size_t features);

/* What a prediction may be for the formula to yield a number, likewise: "numbers from 0
 * to 1". Returns buffer. */
const char *domain_describe_prediction(const struct lg_loss_shape *shape,
                                       char buffer[VALUE_EXPECTED_MAX]);

/* What a prediction has to be for that number to be what the loss's name says:
 * "log-probabilities (the exponentials of a sample's add up to 1)". Returns buffer. */
const char *domain_describe(const struct lg_loss_shape *shape, char buffer[VALUE_EXPECTED_MAX]);

/* Whether the formula yields a number wherever this activation's outputs lie. */
bool domain_allows(const struct lg_backend *registries, size_t activation,
                   const struct lg_loss_shape *shape);

/* Whether the loss, with these options, is defined on this activation's outputs in this
 * task. If not, `why` says what it takes and what it gets. */
bool domain_holds(const struct lg_backend *registries, enum lg_task task, size_t activation,
                  const struct lg_choice *loss, char why[DOMAIN_WHY_MAX]);

#endif
