/* A folder of `lossgrid time` in memory. What was not measured is NAN here, and an empty
 * field in the files: never 0. */
#ifndef HARNESS_COMPARE_TIMED_FOLDER_H
#define HARNESS_COMPARE_TIMED_FOLDER_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/counter/phases.h"
#include "harness/support/csv.h"

/* The whole step, uninstrumented, and its parts, of which phases_of_step has the names. */
enum timed_phase {
    TIMED_STEP = PHASES_STEP,
    TIMED_FORWARD = PHASES_FIRST + LG_PHASE_FORWARD,
    TIMED_LOSS = PHASES_FIRST + LG_PHASE_LOSS,
    TIMED_BACKWARD = PHASES_FIRST + LG_PHASE_BACKWARD,
    TIMED_UPDATE = PHASES_FIRST + LG_PHASE_UPDATE,
    TIMED_PHASES = PHASES_STEP_AND_PARTS,
};

/* One row of cost.csv: per step, medians with their 95 % interval. */
struct timed_cost {
    bool is_there;
    double ns, low_ns, high_ns, ns_per_parameter;
    double ticks, cycles;
    size_t rounds, capacity;
    double *values; /* (rounds): ns per step of each round, from samples.csv; owned */
    size_t round;   /* of the last value, and what it is made of */
    double wall_ns, steps;
};

/* Texts are borrowed from the folder's tables. */
struct timed_cell {
    const char *cell, *loss, *optimizer, *label, *precision, *isa, *weights_sha256;
    const char *state;                   /* of its training: "first", "settled" or "unsettled" */
    const char *first_sha256;            /* of the weights in its first steps; empty: missing */
    double batch, parameters, from_step; /* from_step: NAN where it is missing */
    struct timed_cost costs[TIMED_PHASES];
};

struct timed_folder {
    const char *path;            /* borrowed */
    struct csv_table cost;       /* owned */
    struct csv_table conditions; /* no rows: not recorded */
    json_t *machine;             /* machine.json */
    size_t count;
    struct timed_cell *cells; /* (count), in file order, the A/A control left out */
    double floors[TIMED_PHASES], floor;
    double overhead; /* the largest of phases.csv */
};

/* The later state of each cell is read; its first steps only from a folder without states,
 * which has nothing else. */

/* Read the folder at path, which must outlive *folder. LG_INPUT with file, line, what was
 * found and what expected. *folder is the caller's to free, whatever the status. */
enum lg_status timed_folder_read(const char *path, struct timed_folder *folder,
                                 struct lg_error *error);

/* The cell of that name, or NULL. */
const struct timed_cell *timed_folder_find(const struct timed_folder *folder, const char *cell);

/* The noise floor, as a share: that of the phase where it was measured, else that of all.
 * NAN: unknown. */
double timed_folder_floor(const struct timed_folder *folder, enum timed_phase phase);

/* A text of machine.json's "env", such as ("machine", "cpu") or ("lossgrid", NULL);
 * "unknown" where it is missing. Borrowed. */
const char *timed_folder_fact(const struct timed_folder *folder, const char *key,
                              const char *inner);

/* Free. Safe on a zeroed struct. */
void timed_folder_free(struct timed_folder *folder);

#endif
