/* Train one cell, from its first epoch or from where it was left. */
#ifndef HARNESS_RUN_CELL_H
#define HARNESS_RUN_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/run/limits.h"
#include "harness/spec/experiment.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/store.h"
#include "lossgrid/backend.h"
#include "lossgrid/dataset.h"

/* What the cells of a run share. Borrowed, and never written to. */
struct cell_context {
    const struct experiment *experiment;
    const struct lg_dataset *dataset;
    const struct lg_backend *backend;
    const char *machine;  /* the id of this one (machine/identity.h) */
    size_t jobs;          /* cells trained at the same time */
    struct limits limits; /* of each */
};

enum cell_event {
    CELL_STARTED,  /* `epoch` epochs were already there; note: why not more, or "" */
    CELL_TRAINED,  /* `samples` more */
    CELL_EPOCH,    /* epoch `epoch` is finished and written */
    CELL_DIVERGED, /* in epoch `epoch`; note: where. The cell ends */
};

/* Plain bytes: it goes through a pipe. */
struct cell_report {
    enum cell_event event;
    size_t epoch; /* the one in training; see above */
    size_t samples;
    double loss; /* the cell's own, mean over the epoch so far */
    char note[256];
};

/* Where reports and results go. Both answer false when the cell is to stop. */
struct cell_observer {
    bool (*report)(void *state, const struct cell_report *report);
    /* An epoch is finished; its bytes are borrowed until the call returns. Before its report. */
    bool (*keep)(void *state, const struct store_epoch *epoch);
    void *state;
};

/* The training sample, from 0, whose output is kept: the spec's, or the last that is
 * used. */
size_t cell_image_sample(const struct experiment *experiment, const struct lg_dataset *dataset);

/* How a cell ended that was not stopped. */
struct cell_ending {
    size_t epochs;        /* that it has, those before the checkpoint among them */
    enum store_state how; /* STORE_DONE, or in the last of them STORE_DIVERGED or STORE_STOPPED */
};

/* Train the cell from the checkpoint, or from its first epoch where that has none (or is of
 * another layout: the report CELL_STARTED says so). After each epoch: the validation split and,
 * when the spec says so, the test set; image, rows; a
 * checkpoint where the last one is CELL_CHECKPOINT_MS old. A cell that diverges ends there,
 * which is a result: *ending. LG_INTERRUPTED when the observer said so; LG_ENVIRONMENT when
 * memory is short, LG_FAILED when the engine gives up. */
enum { CELL_CHECKPOINT_MS = 200 };
enum lg_status cell_train(const struct cell_context *context, const struct cell *cell,
                          const struct store_checkpoint *checkpoint,
                          const struct cell_observer *observer, struct cell_ending *ending,
                          struct lg_error *error);

#endif
