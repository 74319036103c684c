/* What a worker and its parent say to each other, through a socket: jobs one way; reports,
 * finished epochs and how a cell ended the other. Both are the same program, forked. */
#ifndef HARNESS_RUN_CHANNEL_H
#define HARNESS_RUN_CHANNEL_H

#include "harness/run/cell.h"
#include "harness/support/text.h"

/* Send a cell, by its number in the experiment, and where it goes on from. False when the
 * worker is gone. */
bool channel_send_job(int socket, size_t cell, const struct store_checkpoint *checkpoint);

/* Wait for the next job; checkpoint->bytes is the caller's to free. False at the end. */
bool channel_receive_job(int socket, size_t *cell, struct store_checkpoint *checkpoint);

/* How a cell ended. */
struct channel_end {
    enum lg_status status;
    struct cell_ending ending;
    struct lg_error error;
};

bool channel_send_report(int socket, const struct cell_report *report);
bool channel_send_epoch(int socket, const struct store_epoch *epoch);
bool channel_send_end(int socket, const struct channel_end *end);

enum channel_kind { CHANNEL_NOTHING, CHANNEL_REPORT, CHANNEL_EPOCH, CHANNEL_END };

/* One message. The bytes of `epoch` lie in the inbox. */
struct channel_message {
    enum channel_kind kind;
    struct cell_report report;
    struct store_epoch epoch;
    struct channel_end end;
    size_t size; /* in the inbox */
};

/* Read what there is, appended to the inbox. False at the end of the file, where *reason is 0,
 * and when nothing can be read any more, where it is an errno: the worker may live on. */
bool channel_read(int socket, struct text *inbox, int *reason);

/* The message at `at` of the inbox; CHANNEL_NOTHING while it is not whole. */
void channel_next(const struct text *inbox, size_t at, struct channel_message *message);

#endif
