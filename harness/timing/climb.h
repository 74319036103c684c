/* Following an arm's training until the cost of its steps has settled. */
#ifndef HARNESS_TIMING_CLIMB_H
#define HARNESS_TIMING_CLIMB_H

#include "harness/timing/arm.h"

#include "lossgrid/pcg.h"

struct climb {
    struct timed_arm *arm;
    const struct arm_context *context;
    struct arm_point anchor; /* its bytes are owned */
    struct lg_pcg pcg;
    uint64_t most;             /* the last step to go to */
    enum settling_end at_most; /* the reason for it */
    double block_ns;           /* approximate length of a look's blocks */
    size_t span;               /* steps in them */
    double step_ns;            /* of the last steps, by wall time */
};

/* Begin at the first state of an open arm, which becomes its late state as well. A change by
 * less than `tolerance`, a share, is none; steps: the last to go to, 0: as many as the spec
 * trains; block_ns: about how long a look's blocks are. LG_ENVIRONMENT when memory is short.
 * The caller ends *climb with climb_close() in every case. */
enum lg_status climb_open(struct climb *climb, struct timed_arm *arm,
                          const struct arm_context *context, double tolerance, uint64_t steps,
                          double block_ns, struct lg_error *error);

/* True if there is another state to go to; if not, arm->settling says why. The ns that it
 * takes to get there and measure, roughly. */
bool climb_goes_on(const struct climb *climb);
double climb_needs_ns(const struct climb *climb);

/* Train on to the next state and measure the cost of a step there: blocks from it and from
 * the anchor take turns, on the same samples. It becomes arm->points[ARM_LATE]; an arm that
 * diverges on the way stays where it was. LG_ENVIRONMENT when memory is short. */
enum lg_status climb_on(struct climb *climb, struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void climb_close(struct climb *climb);

#endif
