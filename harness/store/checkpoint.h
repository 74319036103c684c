/* checkpoint.bin: the state from which the training of a cell goes on. */
#ifndef HARNESS_STORE_CHECKPOINT_H
#define HARNESS_STORE_CHECKPOINT_H

#include <stddef.h>
#include <stdint.h>

#include "lossgrid/digest.h"
#include "lossgrid/status.h"

/* The state after `epoch` epochs. */
struct checkpoint {
    char key[LG_DIGEST_HEX]; /* of the cell */
    uint64_t epoch;
    uint64_t trace_bytes, timing_bytes; /* the CSV files' sizes at that moment */
    char trace_sha256[LG_DIGEST_HEX];   /* of these bytes of trace.csv */
    char weights_sha256[LG_DIGEST_HEX]; /* of the parameters in `bytes` */
    void *bytes;                        /* (size) the engine's own; owned after checkpoint_read() */
    size_t size;
};

/* Write it to path, atomically, with a SHA-256 of all of it at the end. */
enum lg_status checkpoint_write(const char *path, const struct checkpoint *checkpoint,
                                struct lg_error *error);

/* Read it. LG_ENVIRONMENT when it cannot be read, LG_INPUT when it is damaged. On
 * success the caller ends *checkpoint with checkpoint_free(). */
enum lg_status checkpoint_read(const char *path, struct checkpoint *checkpoint,
                               struct lg_error *error);

/* Free. Safe on a zeroed struct. */
void checkpoint_free(struct checkpoint *checkpoint);

#endif
