/* Losses and activations by themselves, as subjects. */
#ifndef HARNESS_GRADCHECK_LOSS_SUBJECT_H
#define HARNESS_GRADCHECK_LOSS_SUBJECT_H

#include <stdint.h>

#include "harness/gradcheck/copies.h"

/* The features that a loss or activation is checked with: what its lists need. */
enum { LOSS_FEATURES = 4, ACTIVATION_FEATURES = 5 };

/* The largest sizes of points: near 0, and as large as other branches need. */
enum { REACHES = 3 };
extern const double subject_reaches[REACHES];

/* The loss as a function of its predictions (3, 4), one block an input, at points drawn
 * from the seed where it is defined, up to `reach` in size where its domain has no bounds;
 * kinks are looked for with the least reach alone. LG_FAILED when no such points are found,
 * LG_ENVIRONMENT when memory is short; else the caller ends *subject. */
enum lg_status loss_subject(const struct copies *copies, const struct lg_choice *loss, double reach,
                            uint64_t seed, struct subject *subject, struct lg_error *error);

/* Every output of the activation for five inputs as a function of those: its Jacobian,
 * row by row, as one block (5, 5). Likewise. */
enum lg_status activation_subject(const struct copies *copies, const struct lg_choice *activation,
                                  double reach, uint64_t seed, struct subject *subject,
                                  struct lg_error *error);

#endif
