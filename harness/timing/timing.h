/* A timing: arms, each measured in series of blocks, one block of every series a round,
 * in random order. */
#ifndef HARNESS_TIMING_TIMING_H
#define HARNESS_TIMING_TIMING_H

#include "harness/counter/ticks.h"
#include "harness/stats/sample.h"
#include "harness/timing/climb.h"
#include "harness/timing/schedule.h"

/* The request. */
struct timing_effort {
    uint64_t seed;
    uint64_t budget_ns; /* of everything from opening the arms to the last round */
    double precision;   /* a share */
    const char *counters;
    uint64_t settle_steps; /* the last step at which a settled cost is searched; 0: as far as the
                              budget allows */
};

/* Blocks of one arm from one state, one a round. */
struct series {
    struct timed_arm *arm;
    enum arm_state state;
    bool is_probed;             /* its phases are read */
    struct timed_block *blocks; /* (rounds); owned */
};

struct timing {
    struct arm_context context;
    struct ground ground;
    struct timing_effort effort;
    struct readings readings;
    struct ticks ticks;     /* the clock of the phases */
    struct phases phases;   /* as opened; each arm has its own */
    size_t arm_count;       /* the control, if there is one, is the last */
    struct cell *cells;     /* of the arms; owned */
    struct timed_arm *arms; /* (arm_count); owned */
    size_t series_count;
    struct series *series; /* (series_count), whole steps first, arm by arm; owned */
    size_t rounds;         /* that are whole */
    size_t least_rounds;
    enum stop stop;
    uint64_t began_ns;
};

/* The observer of progress: an arm is open, or left out; all have gone on by a state; after
 * `rounds` rounds, so many of the arms lack the precision asked for. */
struct timing_observer {
    void (*opened)(void *to, const struct timed_arm *arm);
    void (*climbed)(void *to, const struct climb *climbs, size_t count);
    void (*advanced)(void *to, size_t rounds, size_t imprecise, size_t arms, double seconds_left);
    void *to;
};

/* Open an arm for each configuration of the experiment (its first seed), and the A/A control of
 * one of them; size their blocks. LG_INPUT when there are too many or none can be timed,
 * LG_INTERRUPTED after a signal. The caller ends *timing with timing_close() in every
 * case. */
enum lg_status timing_open(struct timing *timing, const struct arm_context *context,
                           const struct timing_effort *effort,
                           const struct timing_observer *observer, struct lg_error *error);

/* Measure until the intervals are narrow, the budget ends or a signal comes, and say in
 * timing->stop which; a round that was begun then does not count. */
void timing_run(struct timing *timing, const struct timing_observer *observer);

/* ns (or ticks) of a step of each round: (rounds), of a whole step or of a phase; NaN where
 * it is unknown. A whole step's are processor time where that is counted, without the time
 * of other programs; else wall time. */
void series_step_ns(const struct timing *timing, const struct series *series, double *ns);
void series_phase_ticks(const struct timing *timing, const struct series *series, size_t phase,
                        double *ticks);
void series_phase_ns(const struct timing *timing, const struct series *series, size_t phase,
                     double *ns);

/* A reading per step of each round; NaN where absent. */
void series_reading(const struct timing *timing, const struct series *series, size_t reading,
                    double *values);

/* The series of an arm from a state, with or without its phases; NULL: none. */
const struct series *timing_series(const struct timing *timing, const struct timed_arm *arm,
                                   enum arm_state state, bool is_probed);

/* The A/A control and the arm that it measures again; NULL: there is none. */
const struct timed_arm *timing_control(const struct timing *timing);
const struct timed_arm *timing_original(const struct timing *timing);

void timing_close(struct timing *timing);

#endif
