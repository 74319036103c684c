/* What a run leaves of itself in the store: its spec, machine and share. */
#ifndef HARNESS_RUN_RECORD_H
#define HARNESS_RUN_RECORD_H

#include "harness/machine/identity.h"
#include "harness/run/plan.h"
#include "harness/run/study.h"
#include "harness/support/text.h"

/* Where it runs, and what it writes that no cell does. Start from {0}. */
struct record {
    struct machine machine;
    char machine_id[MACHINE_ID_BYTES + 1];
    char *facts;       /* of that id: a JSON object; owned */
    struct text input; /* the sample whose output is kept, as a PNG; empty: none; owned */
};

/* Look at the machine and the data. The caller ends *record with record_free(), on failure too. */
enum lg_status record_make(const struct study *study, const struct lg_dataset *dataset,
                           struct record *record, struct lg_error *error);

/* Begin a run with this plan. */
enum lg_status record_begin(const struct study *study, const struct record *record,
                            const struct plan *plan, size_t jobs, struct store *store,
                            struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void record_free(struct record *record);

#endif
