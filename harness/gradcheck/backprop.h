/* The gradient of a network by plain backpropagation: loops over samples, inputs and
 * outputs, in long double, with nothing of the engine's products, batches or updates. It
 * is the second way that every path of training is held against; it is itself held
 * against differences of the loss (subject_check.h). Losses and activations are those of
 * the reference copy, which are checked by themselves.
 *
 * Beside each entry stands how far rounding may take it: the root of the sum of the squares
 * of the roundings that reach it, in units of the unit roundoff. A product of n terms t
 * counts n (sum of t^2 + the result^2); errors of factors are carried to first order, and
 * through losses and activations by moving their arguments so far (N. J. Higham, Accuracy
 * and Stability of Numerical Algorithms, SIAM 2002, chapters 2.8 and 3; its statistical
 * form: N. J. Higham, T. Mary, SIAM Journal on Scientific Computing 41 (5), 2019, DOI
 * 10.1137/18M1226312). */
#ifndef HARNESS_GRADCHECK_BACKPROP_H
#define HARNESS_GRADCHECK_BACKPROP_H

#include "lossgrid/backend.h"

/* Roundings that an argument of a loss or an activation is moved by to see what its error
 * does; in f32's unit roundoff. A kink within that reach widens the bars of what it
 * touches. */
#define BACKPROP_ROUNDINGS 64

struct backprop {
    size_t parameters;
    long double *gradient; /* (parameters), in the order of lg_backend.parameters(); owned */
    double *rounding;      /* (parameters): root mean square, in unit roundoffs; owned */
};

/* For config's network at `parameters`, on pass->count samples, at most config->batch, from
 * pass->first on. LG_ENVIRONMENT when memory is short. End it with backprop_free(). */
enum lg_status backprop_measure(const struct lg_net_config *config, const double *parameters,
                                const struct lg_pass *pass, struct backprop *result,
                                struct lg_error *error);

void backprop_free(struct backprop *result);

#endif
