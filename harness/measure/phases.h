/* How long each phase of a training step takes, in ticks of the processor's clock.
 *
 * A reading costs about as much as a short update, and a step may have thousands of them:
 * so only some steps are read, drawn at random, one in `every` on average, and what the
 * readings themselves cost is taken off. Steps between them cost what they always do. */
#ifndef HARNESS_MEASURE_PHASES_H
#define HARNESS_MEASURE_PHASES_H

#include "engine/backend.h"
#include "engine/base/pcg.h"

struct phases {
    struct lg_probe probe;     /* for set_probe(); the first field */
    uint64_t ticks[LG_PHASES]; /* of the steps read, without the readings' own */
    uint64_t steps;            /* read */
    uint64_t seen;             /* read or not */
    uint64_t every;            /* 1: every step is read */
    uint64_t (*now)(void);     /* the clock: tsc_read() */
    double reading_ticks;      /* what a reading costs */

    /* Of the steps read, with the readings' own ticks. */
    uint64_t raw[LG_PHASES], readings[LG_PHASES];
    uint64_t next; /* the step, counted as `seen`, to be read next */
    struct lg_pcg draw;
    uint64_t last; /* reading */
    enum lg_phase phase;
};

/* The word for a phase in a table. */
extern const char *const phases_names[LG_PHASES];

/* Measure what a reading costs and start with every step. LG_ENVIRONMENT where the
 * processor's clock cannot be read. Nothing to close. */
enum lg_status phases_open(struct phases *phases, struct lg_error *error);

/* Forget what was measured, not what a reading costs, nor which steps are read. */
void phases_reset(struct phases *phases);

/* From now on read so few steps that readings take no more than this share of the whole
 * time, by what was measured so far: some steps at least. Then forget it. */
void phases_limit(struct phases *phases, double share);

/* Ticks of all phases. */
uint64_t phases_total(const struct phases *phases);

#endif
