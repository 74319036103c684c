/* The time of each phase of a training step, in ticks of a clock (ticks.h).
 *
 * A reading costs about as much as a short update, and a step may have thousands of them: so
 * only some steps are read, drawn at random, one in `every` on average, and what the readings
 * themselves cost is taken off. Steps between them cost what they always do.
 *
 *     phases_open(&phases, ticks.now);
 *     backend->set_probe(net, &phases.probe);
 *     backend->train(...);           a pilot, of some hundred steps
 *     phases_settle(&phases, 0.01);
 *     backend->train(...);           phases.ticks are of phases.steps steps
 *     phases_reset(&phases);         before the next block */
#ifndef HARNESS_COUNTER_PHASES_H
#define HARNESS_COUNTER_PHASES_H

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

enum { PHASES_PILOT = 501 }; /* more steps of either kind add nothing */

struct phases {
    struct lg_probe probe;     /* for set_probe(); the first field */
    uint64_t ticks[LG_PHASES]; /* of the steps read, without the readings' own */
    uint64_t steps;            /* read */
    uint64_t seen;             /* read or not */
    uint64_t every;            /* 1: every step is read */
    uint64_t (*now)(void);     /* the clock */
    double bare_ticks;         /* cost of a reading, one after another */
    double reading_ticks;      /* and of one within a step */

    /* Whole steps of the pilot, those read and those between them. */
    bool is_pilot;
    double read[PHASES_PILOT], unread[PHASES_PILOT];
    size_t read_count, unread_count;

    /* Of the steps read, with the readings' own ticks. */
    uint64_t raw[LG_PHASES], readings[LG_PHASES];
    uint64_t next; /* the step, counted as `seen`, to be read next */
    struct lg_pcg draw;
    uint64_t begin, last; /* reading of a step, and at all */
    enum lg_phase phase;
};

/* The words for phases in a table, in the order of the engine's: the one place that has them. */
#define PHASES_NAMES "data", "forward", "loss", "backward", "update"
extern const char *const phases_names[LG_PHASES];

/* A whole step and its phases, as files name them; NULL-terminated. */
enum { PHASES_STEP, PHASES_FIRST, PHASES_STEP_AND_PARTS = PHASES_FIRST + LG_PHASES };
extern const char *const phases_of_step[PHASES_STEP_AND_PARTS + 1];

/* Measure what a reading of the clock costs, one after another, and start with a pilot: every
 * other step is read, the ones between are timed as a whole. Nothing to close. */
void phases_open(struct phases *phases, uint64_t (*now)(void));

/* True if the pilot has seen enough steps. */
bool phases_can_settle(const struct phases *phases);

/* End the pilot, of 2 SAMPLE_LEAST steps at least. A reading within a step keeps the
 * processor from overlapping instructions. Its cost is therefore chosen so that the phases
 * add up to the steps that were not read, as far as the pilot proves it: at least that of
 * readings one after another, at most twice that. From now on so few steps are read that
 * readings take this share of the time. Forgets what was measured. */
void phases_settle(struct phases *phases, double share);

/* Forget what was measured, not what a reading costs, nor which steps are read. */
void phases_reset(struct phases *phases);

/* Ticks of all phases. */
uint64_t phases_total(const struct phases *phases);

#endif
