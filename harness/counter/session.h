/* Counters opened together, read around regions of the program.
 *
 * A session belongs to the thread that opened it: a child process opens its own. */
#ifndef HARNESS_COUNTER_SESSION_H
#define HARNESS_COUNTER_SESSION_H

#include "harness/counter/counter.h"

struct counter_session; /* opaque */

/* The sums over regions. Start from {0}; one for each phase that is measured by itself.
 * Read it with counter_session_value(). */
struct counter_totals {
    uint64_t regions;
    uint64_t slots[COUNTERS_MAX][COUNTER_SLOTS_MAX];
};

/* Open the chosen counters (by the order of counters()) and measure what measuring
 * costs, in a few milliseconds. A counter that is refused is no failure: its values are
 * absent. LG_ENVIRONMENT only when memory is short. The caller closes *session. */
enum lg_status counter_session_open(const bool chosen[COUNTERS_MAX],
                                    struct counter_session **session, struct lg_error *error);

/* Begin a region; end it and add it to *totals; end it and begin the next one with a
 * single reading. No allocation. */
void counter_session_start(struct counter_session *session);
void counter_session_stop(struct counter_session *session, struct counter_totals *totals);
void counter_session_lap(struct counter_session *session, struct counter_totals *totals);

/* The value of a column of a counter (by the order of counters()) in the totals. */
struct counter_value counter_session_value(const struct counter_session *session,
                                           const struct counter_totals *totals, size_t counter,
                                           size_t column);

/* The detail that opening a counter gave; empty when none. */
const char *counter_session_detail(const struct counter_session *session, size_t counter);

/* Nanoseconds of wall time that one region costs: start and stop of all counters, and
 * of one of them (0 when it is not open). */
double counter_session_overhead_ns(const struct counter_session *session);
double counter_session_cost_ns(const struct counter_session *session, size_t counter);

/* Regions with nothing in them, measured at opening: their values, divided by their number,
 * are the cost of measuring a region. */
const struct counter_totals *counter_session_empty(const struct counter_session *session);

/* Close; NULL is allowed. */
void counter_session_close(struct counter_session *session);

#endif
