/* What is measured of a cell on samples that it is not trained on, and whether it stops early
 * for it. */
#ifndef HARNESS_RUN_EVALUATION_H
#define HARNESS_RUN_EVALUATION_H

#include "harness/dataset/pair_sampler.h"
#include "harness/run/cell.h"
#include "harness/run/stopping.h"

struct evaluation {
    const struct cell_context *context;
    const struct cell *cell;
    const struct cell_observer *observer;
    struct lg_net *net;
    struct pair_sampler validation, test; /* in the arena */
    struct columns_measured measured;
    size_t chunk;                /* samples between two looks at the observer */
    uint64_t steps, samples;     /* of an epoch */
    uint64_t at;                 /* the step at which the validation split was measured last */
    struct stop_memory stopping; /* since the first epoch */
    bool stops;                  /* a rule of the spec says that the cell stops here */
    struct csv rows;             /* of evaluations.csv, in this epoch */
};

/* The mean over the samples of the sums. */
struct measurement evaluation_mean(const struct experiment *experiment, const struct lg_sums *sums);

/* Take memory from the arena; then, when it is there, learn the classes of the samples. */
void evaluation_place(struct evaluation *evaluation, struct lg_arena *arena);
void evaluation_begin(struct evaluation *evaluation);

/* Training steps until the next evaluation within an epoch; SIZE_MAX: there is none. */
size_t evaluation_next(const struct evaluation *evaluation, const struct epoch_record *record);

/* Measure within an epoch, of which *record has the steps and samples until now, if it is due.
 * LG_INTERRUPTED when the observer said so. */
enum lg_status evaluation_within(struct evaluation *evaluation, struct epoch_record *record,
                                 struct lg_error *error);

/* Measure after an epoch that was finished: the validation split, and the test set where the spec
 * says so. Afterwards evaluation->stops is decided. */
enum lg_status evaluation_after(struct evaluation *evaluation, struct epoch_record *record,
                                struct lg_error *error);

#endif
