/* The check that a loss is defined on given numbers. */
#ifndef HARNESS_EVAL_EVAL_DOMAIN_H
#define HARNESS_EVAL_EVAL_DOMAIN_H

#include "harness/eval/eval_matrix.h"
#include "harness/spec/domain.h"
#include "lossgrid/backend.h"

/* LG_INPUT, naming the first number and its place, unless every prediction lies where
 * the loss is defined. */
enum lg_status domain_check_prediction(const struct lg_loss_shape *shape,
                                       const struct matrix *prediction, struct lg_error *error);

/* The same for targets that go with predictions of `features` numbers. A class may also be
 * the value of the option ignore_index, where the loss has one. */
enum lg_status domain_check_target(const struct lg_info *info, const struct lg_loss_shape *shape,
                                   const struct lg_options *options, size_t features,
                                   const struct matrix *target, struct lg_error *error);

#endif
