/* The readings around a block of steps: the columns of the chosen counters in one list,
 * those that every timing has first. */
#ifndef HARNESS_TIMING_READINGS_H
#define HARNESS_TIMING_READINGS_H

#include <jansson.h>

#include "harness/counter/session.h"

enum { READINGS_MAX = 48 };
enum {
    READING_WALL_NS,
    READING_TICKS,
    READING_CYCLES,
    READING_INSTRUCTIONS,
    READINGS_FIXED, /* from here on: the others of the chosen counters */
};

struct reading {
    const char *name;       /* static */
    size_t counter, column; /* by the order of counters() */
};

struct readings {
    struct counter_session *session;
    bool chosen[COUNTERS_MAX];
    size_t count;
    struct reading all[READINGS_MAX];
    bool is_scaled[READINGS_MAX]; /* a value was: its counters were shared */
};

/* The column of its counter. Static. */
const struct counter_column *readings_column(const struct reading *reading);

/* List the readings of the chosen counters; nothing is opened. */
void readings_list(struct readings *readings);

/* Open the counters of a list (counters_choose()); the system's clocks are always among
 * them. LG_USAGE for a wrong list, LG_ENVIRONMENT when there is no clock. The caller ends
 * *readings with readings_close(). */
enum lg_status readings_open(struct readings *readings, const char *list, struct lg_error *error);

/* Mark in chosen what a list names, and the clocks. */
enum lg_status readings_choose(const char *list, bool chosen[COUNTERS_MAX], struct lg_error *error);

/* The reading called name, or SIZE_MAX. */
size_t readings_find(const struct readings *readings, const char *name);

/* The values of the totals: (count), NaN for what is absent. */
void readings_take(struct readings *readings, const struct counter_totals *totals,
                   double values[READINGS_MAX]);

/* Of each reading, in an object by names: "counted", "scaled", or why it is absent. */
json_t *readings_json(const struct readings *readings);

/* Close. Safe on a zeroed struct. */
void readings_close(struct readings *readings);

#endif
