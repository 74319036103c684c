/* Train one cell, from its first epoch or from its checkpoint. */
#ifndef HARNESS_RUN_CELL_H
#define HARNESS_RUN_CELL_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/spec/experiment.h"
#include "harness/store/epoch_columns.h"
#include "lossgrid/backend.h"
#include "lossgrid/dataset.h"

/* The data that the cells of a run share. Borrowed, and never written to. */
struct cell_context {
    const struct experiment *experiment;
    const struct lg_dataset *dataset;
    const struct lg_backend *backend;
    const char *directory; /* the result folder */
    size_t jobs;           /* cells trained at the same time */
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

/* The receiver of reports. It returns false when the cell must stop. */
struct cell_observer {
    bool (*report)(void *state, const struct cell_report *report);
    void *state;
};

/* The training sample, from 0, whose output is kept: the spec's, or the last that is
 * used. */
size_t cell_image_sample(const struct experiment *experiment, const struct lg_dataset *dataset);

/* The names of the metrics other than the loss, in order; returns how many. */
size_t cell_metric_names(const struct cell_context *context, const char *names[RECORD_METRICS_MAX]);

/* Train the cell in its .part folder, and finish the folder. After each epoch:
 * test, image, rows, checkpoint. A cell that diverges ends there, which is a
 * result. LG_INTERRUPTED when the observer said so; LG_ENVIRONMENT when something
 * cannot be written, LG_FAILED when the engine gives up. */
enum lg_status cell_train(const struct cell_context *context, const struct cell *cell,
                          const struct cell_observer *observer, struct lg_error *error);

#endif
