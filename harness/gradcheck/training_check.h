/* A network's training, batch by batch, path by path, copy by copy, against plain
 * backpropagation (backprop.h), which is compared with differences elsewhere. */
#ifndef HARNESS_GRADCHECK_TRAINING_CHECK_H
#define HARNESS_GRADCHECK_TRAINING_CHECK_H

#include "harness/gradcheck/fault.h"
#include "harness/gradcheck/network_subject.h"
#include "harness/gradcheck/result.h"

/* Batches of more samples are checked with so many. */
enum { TRAINING_BATCH_MAX = 512 };

struct training_request {
    const struct network_request *network; /* its config.batch: at most TRAINING_BATCH_MAX */
    size_t last;                           /* the last batch of an epoch, where shorter; else 0 */
    /* Every compiled copy that runs here, both sides of every threshold of the batch, and
     * collected into block optimizers and batch methods; else the selected copies, with the
     * whole and the last batch, streamed and collected. */
    bool is_thorough;
};

/* A row of the result for every batch, way and copy: each entry of its gradient is judged
 * by its own bar, the rounding of its terms. Faults are injected into every such gradient
 * in turn; one unseen is a failure. With `fault`: that one is injected into all, and must
 * be seen in every one. *result has been begun. */
enum lg_status training_check(const struct copies *copies, const struct training_request *request,
                              uint64_t seed, const struct fault *fault, struct result *result,
                              struct lg_error *error);

#endif
