/* From which step on the cost of a step no longer changes: looked for, not assumed. A
 * training is followed from state to state, each about twice as far as the one before; each
 * is compared with the anchor, the latest state whose cost was found to be another than that
 * of its predecessors. Comparing with the anchor and not with the last state sees a cost that
 * creeps as well. */
#ifndef HARNESS_TIMING_SETTLING_H
#define HARNESS_TIMING_SETTLING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stats/sample.h"

/* A cost has settled where training has since gone on to so many times the step. */
enum { SETTLING_FACTOR = 4, SETTLING_LOOKS_MAX = 64 };

/* Why nobody looked any further. */
enum settling_end {
    SETTLING_GOES_ON,
    SETTLING_TRAINED, /* the spec trains no further */
    SETTLING_ASKED,   /* to the step that was asked for */
    SETTLING_BUDGET,
    SETTLING_DIVERGES,
    SETTLING_ENDS,
};

/* One word for each, and a sentence's end: "training ends there". */
extern const char *const settling_words[SETTLING_ENDS];
extern const char *const settling_sentences[SETTLING_ENDS];

/* One state. */
struct settling_look {
    uint64_t steps;                 /* that training took before it */
    struct sample_summary block;    /* ns a step from there, in blocks */
    struct sample_summary training; /* ns a step on the way there, as it was trained */
    struct sample_summary ratio;    /* of such blocks to blocks from the anchor, in pairs */
    bool is_changed;                /* it is the anchor from here on */
};

struct settling {
    double tolerance; /* a change by less than this share is none */
    uint64_t anchor, reached;
    double resolution; /* a change by less since the anchor would not have been seen */
    enum settling_end end;
    size_t count;
    struct settling_look looks[SETTLING_LOOKS_MAX]; /* (count); the first has no ratio */
};

/* Begin at the state after `first` steps, the first anchor. */
void settling_begin(struct settling *settling, uint64_t first, double tolerance);

/* Take a look's steps and ratio (to the anchor), and say in its is_changed what it tells: a
 * change beyond the tolerance that is more than noise, the whole interval lying outside. */
void settling_add(struct settling *settling, const struct settling_look *look);

/* The steps of the next state, at most `most`. */
uint64_t settling_next(const struct settling *settling, uint64_t most);

/* Whether the cost has not changed for long enough. */
bool settling_is_settled(const struct settling *settling);

#endif
