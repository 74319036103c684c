/* The choice of a configuration in each group of trials, from their trace.csv. */
#ifndef HARNESS_STORE_CHOOSE_H
#define HARNESS_STORE_CHOOSE_H

#include <stdbool.h>

#include "harness/spec/experiment.h"
#include "harness/spec/groups.h"
#include "harness/stats/moments.h"
#include "harness/store/ends.h"
#include "harness/support/text.h"

/* A trial: an arm and what its seeds gave. */
struct trial {
    size_t arm;
    bool is_judged;  /* every seed has a value: none diverged */
    size_t diverged; /* seeds */
    struct moments value;
};

/* What is said of a group. */
struct choice {
    const char *group; /* of the groups */
    size_t trials, judged, diverged, seeds;
    struct trial *tried; /* (trials), in the grid's order; owned */
    bool is_made;        /* one of the trials is judged */
    struct trial best;
    bool has_second; /* two are */
    struct trial second;
    size_t ties; /* trials, beside the first one in the grid's order, that are as good */
    char id[EXPERIMENT_ID_BYTES + 1], second_id[EXPERIMENT_ID_BYTES + 1];
    struct text levels; /* of the factors that vary in the group: "optimizer.lr=0.01" */
    struct text edge;   /* those at the end of what was tried: "optimizer.lr=1 is the largest" */
};

struct choices {
    struct groups groups;
    size_t missing; /* cells that have not ended */
    size_t count;   /* as many as groups */
    struct choice *all;
};

/* Judge the trials of an experiment by the last rows of its cells, and choose in each group the
 * best by the mean over the seeds of tuning.metric; of several the first in the grid's order.
 * A trial of which a seed diverged is not chosen. What is chosen while cells are missing is no
 * choice. LG_INPUT for a trace.csv without the metric. End it with choices_free(). */
enum lg_status choose(const struct experiment *trials, const struct ends *ends,
                      struct choices *choices, struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void choices_free(struct choices *choices);

#endif
