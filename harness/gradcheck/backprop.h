/* The gradient of a network by plain backpropagation: loops over samples, inputs and outputs,
 * in long double, with nothing of the engine's products, batches or updates. Every path of
 * training is compared with it; it is itself compared with differences of the loss
 * (subject_check.h). Losses and activations are those of the reference copy, which are checked
 * by themselves.
 *
 * Each entry comes with a bound on its rounding error: the root of the sum of the squares
 * of the roundings that reach it, in units of the unit roundoff. A product of n terms t
 * counts n (sum of t^2 + the result^2); errors of factors are carried to first order, and
 * through losses and activations by moving their arguments so far (N. J. Higham, Accuracy
 * and Stability of Numerical Algorithms, SIAM 2002, chapters 2.8 and 3; its statistical
 * form: N. J. Higham, T. Mary, SIAM Journal on Scientific Computing 41 (5), 2019, DOI
 * 10.1137/18M1226312). */
#ifndef HARNESS_GRADCHECK_BACKPROP_H
#define HARNESS_GRADCHECK_BACKPROP_H

#include "lossgrid/backend.h"

/* The distance, in f32's unit roundoffs, by which an argument of a loss or an activation is
 * moved to measure the effect of its error. A kink within it widens the bars of the entries
 * that it affects. */
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
