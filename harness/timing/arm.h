/* One configuration whose steps are timed, in two states: its first steps, and the latest
 * state that was measured. Every block begins from one of the two; all arms of a round see
 * the same samples, so that differences between them are the arms' own. */
#ifndef HARNESS_TIMING_ARM_H
#define HARNESS_TIMING_ARM_H

#include "harness/counter/phases.h"
#include "harness/timing/feed.h"
#include "harness/timing/ground.h"
#include "harness/timing/readings.h"
#include "harness/timing/settling.h"

enum { ARM_REASON_MAX = 256, ARMS_MAX = 256 };

/* The states of an arm. */
enum arm_state { ARM_FIRST, ARM_LATE };
enum { ARM_STATES = 2 };

/* A state of the training where blocks begin. */
struct arm_point {
    uint64_t steps; /* before it */
    void *bytes;    /* a checkpoint; owned */
    char weights_sha256[LG_DIGEST_HEX];
};

/* An injected slow-down, which tests the method: from a step on, a wait after the steps of
 * a call, for a share of the time that they took; it may grow with the step. */
struct arm_slow_down {
    double share; /* 0: none */
    uint64_t from;
    bool grows; /* share is multiplied by step / from */
};

/* The data that all arms of a timing share. Borrowed. */
struct arm_context {
    const struct experiment *experiment;
    const struct lg_dataset *dataset;
    const struct lg_backend *backend;
    size_t samples;        /* training samples that are used */
    struct ground *ground; /* the memory of the networks; written to */
    /* The slow-down injected into a cell; NULL: none. */
    struct arm_slow_down (*slow_down)(const void *to, const struct cell *cell);
    const void *to;
};

struct timed_arm {
    const struct cell *cell;
    bool is_control;              /* the A/A control: the cell measured once more */
    char skipped[ARM_REASON_MAX]; /* why it is not timed, or empty */
    struct lg_net_config config;
    struct lg_net *net; /* on the ground, until the next arm is placed */
    uint64_t at;        /* steps that it has taken */
    struct arm_point points[ARM_STATES];
    struct settling settling;
    struct feed_source source;
    struct feed feed; /* the samples of blocks: an epoch of steps after the first ones */
    size_t batch, parameters;
    size_t first; /* steps before the first state: the same on every machine */
    size_t most;  /* steps of a block before it starts again */
    uint64_t
        limit; /* the last step at which the late state is searched: the spec trains no further */
    /* A block is `repeats` times `span` steps from its state. */
    bool is_full; /* its batch is all samples */
    size_t span, repeats;
    double pilot_ns;      /* a step, roughly */
    struct phases phases; /* filled by the network in probed blocks */
    struct arm_slow_down slow_down;
    size_t refused; /* blocks timed on other samples, since it diverged on their own */
};

/* A block's results. */
struct timed_block {
    size_t round, position; /* in the round; both from 0 */
    uint64_t steps;
    double values[READINGS_MAX];
    uint64_t phase_steps; /* steps read, of a probed block */
    double phase_ticks[LG_PHASES];
};

/* True if two cells differ in their seed at most. */
bool arm_is_same(const struct cell *a, const struct cell *b);

/* Place the network, draw its parameters and take its first steps. An arm that diverges,
 * is too large or takes too long gets a reason in arm->skipped, which is no failure.
 * LG_ENVIRONMENT when memory is short for a part that is small. The caller ends *arm with
 * arm_close() in every case. */
enum lg_status arm_open(struct timed_arm *arm, const struct arm_context *context,
                        const struct cell *cell, bool is_control, struct lg_error *error);

/* Train steps first to first + count - 1 of a feed, the network's next ones. Returns how
 * many it took: fewer when it diverges. */
size_t arm_train(struct timed_arm *arm, const struct arm_context *context, const struct feed *feed,
                 size_t first, size_t count);

/* The network on the ground, in a state. */
void arm_place(struct timed_arm *arm, const struct arm_context *context);
void arm_restore(struct timed_arm *arm, const struct arm_context *context,
                 const struct arm_point *point);

/* Keep the network's state; its checkpoint has room for it. */
void arm_keep(const struct timed_arm *arm, const struct arm_context *context,
              struct arm_point *point);

/* Measure the time of a step and how many steps run from either state without diverging, up
 * to about block_ns, which warms up as well. After arm_climb(), in climb.h. */
void arm_warm_up(struct timed_arm *arm, const struct arm_context *context, double block_ns);

/* From now on a block is `repeats` times `span` steps, at most arm->most, from its state:
 * or as many in shorter pieces, where the network would diverge on the way. */
void arm_settle(struct timed_arm *arm, const struct arm_context *context, size_t span,
                size_t repeats);

/* Prepare to read phases: from now on `phases` is the arm's, with the share of steps to be
 * read. After arm_settle(). */
void arm_probe(struct timed_arm *arm, const struct arm_context *context,
               const struct phases *phases);

/* The choice of a block: `where` is a share, from 0 to 1, of the samples to choose from;
 * is_probed: its phases are read. */
struct block_plan {
    enum arm_state state;
    double where;
    bool is_probed;
};

/* Time a block. */
void arm_block(struct timed_arm *arm, const struct arm_context *context, struct readings *readings,
               const struct block_plan *plan, struct timed_block *block);

/* The first of `steps` steps of the arm's feed that lie at a share of it. */
size_t arm_offset(const struct timed_arm *arm, double where, size_t steps);

/* The words of states: "first", "settled" or "unsettled"; NULL-terminated. */
extern const char *const arm_state_words[];
const char *arm_state_word(const struct timed_arm *arm, enum arm_state state);

/* Free. Safe on a zeroed struct. */
void arm_close(struct timed_arm *arm);

#endif
