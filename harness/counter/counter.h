/* Counters of what happens while a piece of the program runs. One file in counter/ is one back
 * end; the build finds it by its name.
 *
 * A back end keeps running numbers ("slots") from open to close. A region is measured by
 * reading them before and after; what is counted in it is the difference
 * (counter_session.h). A column that the system refuses is absent, with the reason in
 * words: it never becomes a number. */
#ifndef HARNESS_COUNTER_COUNTER_H
#define HARNESS_COUNTER_COUNTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/status.h"

enum {
    COUNTERS_MAX = 16,
    COUNTER_COLUMNS_MAX = 16,
    COUNTER_SLOTS_MAX = 48,
    COUNTER_REASON_MAX = 192,
};

/* One number of a back end. All strings are static. */
struct counter_column {
    const char *name; /* unique among all back ends */
    const char *unit; /* "" where there is none */
    const char *meaning;
    bool is_level; /* a level: the largest value counts, not the sum */
};

enum counter_state {
    COUNTER_ABSENT,   /* not counted, for a reason */
    COUNTER_MEASURED, /* counted all the time */
    COUNTER_SCALED,   /* counted some of the time, and scaled up to all of it */
};

/* The value of a column. */
struct counter_value {
    enum counter_state state;
    double value;                    /* unless absent */
    uint64_t enabled_ns, running_ns; /* where the back end shares its counters; else 0 */
    const char *reason;              /* if absent; borrowed from the session */
};

/* The answer of opening. An empty reason means that the column is there. */
struct counter_opened {
    char detail[COUNTER_REASON_MAX]; /* such as the source of a rate, or empty */
    char reason[COUNTER_COLUMNS_MAX][COUNTER_REASON_MAX];
};

struct counter {
    const char *name; /* the file's name without .c */
    const char *summary;
    const struct counter_column *columns;
    size_t column_count;
    size_t slot_count; /* at least column_count: those of the columns come first */
    size_t state_bytes;

    /* Begin to count, for the calling thread, or for its process where the system has
     * nothing finer. *state is zeroed. Columns that are refused get a reason; if all are,
     * LG_ENVIRONMENT with it, and nothing is left open. */
    enum lg_status (*open)(void *state, struct counter_opened *opened, struct lg_error *error);

    /* The running numbers now. Cannot fail: value() reports problems. */
    void (*read)(void *state, uint64_t *slots);

    /* The value of a column that is there from the difference of two readings, or a sum of
     * such. NULL: the difference itself. */
    void (*value)(const void *state, const uint64_t *slots, size_t column,
                  struct counter_value *value);

    void (*close)(void *state); /* NULL: nothing to give back */
};

/* All back ends, sorted by name. */
const struct counter *const *counters(size_t *count);

/* Mark in chosen, by the order of counters(), what a list names: names with commas
 * between them, "all" or "none". LG_USAGE for another name, with the nearest. */
enum lg_status counters_choose(const char *list, bool chosen[COUNTERS_MAX], struct lg_error *error);

#endif
