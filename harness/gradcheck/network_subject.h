/* A network's loss as a function of its parameters, or of its inputs, as a subject.
 *
 * The gradient is the one that a training step applies: plain SGD with lr = 2^40 takes
 * it through the production path, and the difference of the parameters, divided by lr,
 * gives it back to within a rounding. The function is the loss of the same batch. */
#ifndef HARNESS_GRADCHECK_NETWORK_SUBJECT_H
#define HARNESS_GRADCHECK_NETWORK_SUBJECT_H

#include "harness/gradcheck/copies.h"
#include "harness/gradcheck/samples.h"

enum network_part { NETWORK_PARAMETERS, NETWORK_INPUT };

struct network_request {
    const char *kind; /* static */
    const char *name, *options;
    struct lg_net_config config; /* optimizer, metrics, schedule, clipping are left out */
    struct lg_initialisation how;
    enum network_part part;
    uint64_t seed; /* of the samples */
};

/* One block for every weight (outputs, inputs) and bias; or, for NETWORK_INPUT, one for a
 * shift of every sample's input, reached through an identity layer in front. It can be
 * measured on config.batch + 1 batches; batch i begins with sample i. The parameters are
 * those that the initialisation draws, rounded to what all copies hold; a network's (kind
 * "network") that would all be 0, or that an L1 penalty has a kink at, are moved. Samples
 * are drawn until the loss depends on the vector; subject->seed is the seed that was used.
 * LG_ENVIRONMENT when memory is short; else the caller ends *subject. */
enum lg_status network_subject(const struct copies *copies, const struct network_request *request,
                               struct subject *subject, struct lg_error *error);

/* A network's samples and its configuration, as checked; the subject's. */
const struct samples *network_samples(const struct subject *subject);
const struct lg_net_config *network_config(const struct subject *subject);

/* Plain SGD whose steps are the gradient times NETWORK_LR. */
#define NETWORK_LR 0x1p40
enum lg_status network_sgd(const struct lg_backend *backend, struct lg_choice *sgd,
                           struct lg_error *error);

#endif
