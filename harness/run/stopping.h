/* Whether a cell stops early. */
#ifndef HARNESS_RUN_STOPPING_H
#define HARNESS_RUN_STOPPING_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/spec/experiment.h"
#include "harness/store/epoch_columns.h"

/* What a rule remembers of the evaluations before; part of a checkpoint, so that a cell that is
 * gone on with stops where it would have. Zeroed: there were none. */
struct stop_memory {
    struct {
        double best;
        uint64_t seen, waited; /* evaluations; since the best one */
    } rules[STOPS_MAX];
};

/* Take an evaluation of a part; true when a rule says that the cell stops now. */
bool stopping_look(struct stop_memory *stopping, const struct experiment *experiment,
                   enum part part, const struct measurement *measurement);

#endif
