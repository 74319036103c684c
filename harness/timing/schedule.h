/* The order of the blocks of a round, and the rule that ends the rounds. */
#ifndef HARNESS_TIMING_SCHEDULE_H
#define HARNESS_TIMING_SCHEDULE_H

#include <stddef.h>
#include <stdint.h>

#include "lossgrid/pcg.h"

/* The streams of random numbers, by purpose. */
enum { SCHEDULE_STREAM_ORDER = 1, SCHEDULE_STREAM_CONTROL = 2 };

struct schedule {
    struct lg_pcg pcg;
};

/* Begin; the same seed gives the same orders. */
void schedule_begin(struct schedule *schedule, uint64_t seed);

/* Fill order: (count) with a random permutation of 0 to count - 1: every series once a
 * round, each order equally likely, so that nothing is always measured after the same
 * thing. R. Durstenfeld, Algorithm 235, CACM 7(7), 1964, doi:10.1145/364520.364540. */
void schedule_round(struct schedule *schedule, size_t *order, size_t count);

/* The index, of count, of the arm that the A/A control repeats. */
size_t schedule_control(uint64_t seed, size_t count);

/* The reason why the rounds ended. */
enum stop {
    STOP_NOT, /* they go on */
    STOP_PRECISION,
    STOP_BUDGET,
    STOP_ROUNDS, /* there is room for no more */
    STOP_INTERRUPTED,
};

/* One word for each, as manifest.json says it. */
extern const char *const stop_words[];

struct stopping {
    double precision; /* widest interval, as a share of its median */
    uint64_t budget_ns;
    size_t least, most; /* rounds; the precision is asked from `least` on */
};

/* The decision to stop after so many whole rounds and so much time; widest: the width of
 * the widest interval as a share of its median, infinite where an interval is missing. */
enum stop stopping_ask(const struct stopping *stopping, size_t rounds, double widest,
                       uint64_t elapsed_ns);

/* Seconds until it stops, as it looks now: intervals narrow with the root of the number
 * of rounds. */
double stopping_seconds_left(const struct stopping *stopping, size_t rounds, double widest,
                             uint64_t elapsed_ns);

#endif
