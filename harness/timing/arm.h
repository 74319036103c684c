/* One configuration whose steps are timed. Every block of it begins from the same
 * parameters and state and sees the same samples, so that every block is the same work
 * and what differs is the machine's doing. */
#ifndef HARNESS_TIMING_ARM_H
#define HARNESS_TIMING_ARM_H

#include "harness/measure/phases.h"
#include "harness/timing/feed.h"
#include "harness/timing/ground.h"
#include "harness/timing/readings.h"

enum { ARM_NAME_MAX = SPEC_NAME_MAX + 8, ARM_REASON_MAX = 256, ARMS_MAX = 256 };

/* What all arms of a timing share. Borrowed. */
struct arm_context {
    const struct experiment *experiment;
    const struct lg_dataset *dataset;
    const struct lg_backend *backend;
    size_t samples;        /* training samples that are used */
    struct ground *ground; /* where the networks lie; written to */
};

struct arm {
    const struct cell *cell;
    bool is_twin;
    char name[ARM_NAME_MAX];      /* the cell's slug, "@aa" behind the twin's */
    char skipped[ARM_REASON_MAX]; /* why it is not timed, or empty */
    struct lg_net_config config;
    struct lg_net *net; /* on the ground, until the next arm takes its turn */
    void *start;        /* a checkpoint after the first steps: where each block begins; owned */
    struct feed feed;
    size_t batch, parameters;
    size_t first; /* steps before a block: the same on every machine */
    size_t most;  /* steps of a block before it begins anew */
    /* A block is `repeats` times `span` steps from the start. */
    bool is_full; /* its batch is all samples */
    size_t span, repeats;
    double pilot_ns;      /* a step, roughly */
    struct phases phases; /* told by the network in blocks that are looked into */
    double slow_down;     /* share of its steps' time that is waited for besides; 0: none */
    char weights_sha256[LG_DIGEST_HEX]; /* after the first steps */
};

/* A block's results. */
struct block {
    size_t round, position; /* in the round; both from 0 */
    uint64_t steps;
    double values[READINGS_MAX];
    uint64_t phase_steps; /* of a block that was looked into: so many of its steps were */
    double phase_ticks[LG_PHASES];
};

/* Whether two cells differ in their seed at most. */
bool arm_is_same(const struct cell *a, const struct cell *b);

/* Place the network, draw its parameters and take its first steps. An arm that diverges,
 * is too large or takes too long gets a reason in arm->skipped, which is no failure.
 * LG_ENVIRONMENT when memory is short for a part that is small. The caller ends *arm with
 * arm_close() in every case. */
enum lg_status arm_open(struct arm *arm, const struct arm_context *context, const struct cell *cell,
                        bool is_twin, struct lg_error *error);

/* Find what a step takes and how many of them go on without diverging, warming up
 * meanwhile: to about block_ns. */
void arm_warm_up(struct arm *arm, const struct arm_context *context, double block_ns);

/* From now on a block is `repeats` times `span` steps, at most arm->most, from the start:
 * or as many in shorter pieces, where the network would diverge on the way. */
void arm_settle(struct arm *arm, const struct arm_context *context, size_t span, size_t repeats);

/* Get ready to look into phases: from now on `phases` is the arm's, and says how many of
 * its steps are to be read. After arm_settle(). */
void arm_probe(struct arm *arm, const struct arm_context *context, const struct phases *phases);

/* Time a block; is_probed: its phases are looked into. */
void arm_block(struct arm *arm, const struct arm_context *context, struct readings *readings,
               bool is_probed, struct block *block);

/* Free. Safe on a zeroed struct. */
void arm_close(struct arm *arm);

#endif
