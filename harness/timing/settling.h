/* The step from which on the cost of a step no longer changes: measured, not assumed. A
 * training is followed from state to state, each about twice as far as the one before; each
 * is compared with the anchor, the latest state whose cost differed from that before it. A
 * comparison with the anchor, not the last state, also shows a cost that creeps. */
#ifndef HARNESS_TIMING_SETTLING_H
#define HARNESS_TIMING_SETTLING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/stats/sample.h"

/* A cost has settled where training has since gone on to so many times the step. */
enum { SETTLING_FACTOR = 4, SETTLING_LOOKS_MAX = 64 };

/* The reason why no further state was measured. */
enum settling_end {
    SETTLING_GOES_ON,
    SETTLING_TRAINED, /* the spec trains no further */
    SETTLING_ASKED,   /* the step that was asked for */
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
    double resolution; /* the smallest change since the anchor that would have been seen */
    enum settling_end end;
    size_t count;
    struct settling_look looks[SETTLING_LOOKS_MAX]; /* (count); the first has no ratio */
};

/* Begin at the state after `first` steps, the first anchor. */
void settling_begin(struct settling *settling, uint64_t first, double tolerance);

/* Add a look's steps and ratio (to the anchor), and set its is_changed: true for a change
 * beyond the tolerance and the noise, where the whole interval lies outside. */
void settling_add(struct settling *settling, const struct settling_look *look);

/* The steps of the next state, at most `most`. */
uint64_t settling_next(const struct settling *settling, uint64_t most);

/* True if the cost has not changed for long enough. */
bool settling_is_settled(const struct settling *settling);

#endif
