/* The progress of a run, on standard error: one line that is rewritten on a terminal, plain
 * lines now and then otherwise. */
#ifndef HARNESS_SUPPORT_PROGRESS_H
#define HARNESS_SUPPORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct progress {
    bool quiet;
    bool terminal;
    bool colour;
    bool line_open; /* a line on the terminal waits to be rewritten */
    size_t cells_done, cells_total;
    uint64_t samples_done, samples_total; /* of training, in this run */
    uint64_t began_ns, shown_ns;
};

/* The progress of a cell. Borrowed. */
struct progress_place {
    const char *cell;
    size_t epoch, epochs;
    double loss;
    bool epoch_finished;
};

/* Begin: `total` cells of which `done` are finished already, `samples` to train. */
void progress_begin(struct progress *progress, bool quiet, size_t done, size_t total,
                    uint64_t samples);

/* `samples` more are trained; show it if it is time to. */
void progress_advance(struct progress *progress, uint64_t samples,
                      const struct progress_place *place);

/* Take off `samples` that need no training: found in a checkpoint, or no longer wanted. */
void progress_drop(struct progress *progress, uint64_t samples);

/* A cell is finished. */
void progress_cell_done(struct progress *progress, const char *cell);

/* Print a line of its own, quiet or not, for what a reader must know. */
void progress_note(struct progress *progress, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Leave the terminal's cursor at the start of a line. */
void progress_end(struct progress *progress);

/* Seconds that `left` of the work takes if `done` of it took elapsed_s; below 0
 * when nothing is done yet. */
double progress_seconds_left(uint64_t done, uint64_t left, double elapsed_s);

/* "3 h 05 min", "2 min 09 s", "12 s"; "?" below 0. */
void progress_format_duration(double seconds, char text[32]);

#endif
