/* cells.sqlite: what has been computed of every cell, in one file of SQLite (docs/adr/0013).
 * trace.csv, timing.csv, parameters.csv and images/ are exports of it.
 *
 * One process writes. What it adds is in the file, whole, after store_commit(), or not at all:
 * an epoch's rows, its image and the checkpoint that goes with it are of one transaction.
 * Every epoch is sealed by a digest of it and of all before it, and a finished cell by one
 * more, so that a changed bit is seen wherever it is.
 *
 * Failures: LG_ENVIRONMENT when the file cannot be read or written (rights, a full disk),
 * LG_INPUT when it is no such file, of another version or damaged. */
#ifndef HARNESS_STORE_STORE_H
#define HARNESS_STORE_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lossgrid/digest.h"
#include "lossgrid/status.h"

struct store; /* opaque; one owner */

enum store_mode { STORE_READ, STORE_WRITE };

enum { STORE_WHY_MAX = 128 };

/* Open the one of a result folder. STORE_WRITE makes it where there is none; STORE_READ then
 * gives NULL, which every call that reads takes for an empty one. */
enum lg_status store_open(const char *directory, enum store_mode mode, struct store **store,
                          struct lg_error *error);

/* End it; what was not committed is dropped. NULL is none. */
void store_close(struct store *store);

/* What a cell is. Borrowed. */
struct store_cell {
    const char *directory; /* the result folder, for messages */
    const char *key;       /* digest of all that decides its bits */
    const char *dataset;   /* name of the set used */
    const char *slug;
    size_t epochs; /* that are asked for; 0: whatever is there */
    size_t place;  /* its number in the experiment, counted from 1; 0: not known (places.h) */
};

enum store_state {
    STORE_ABSENT,
    STORE_PART,     /* begun, and the same cell */
    STORE_DONE,     /* finished, and the same cell */
    STORE_DIVERGED, /* likewise: it ended with an epoch that diverged */
    STORE_STOPPED,  /* likewise: a rule of the spec stopped it */
    STORE_SHORT,    /* finished, and the same cell but for its end: more epochs are asked for */
    STORE_FOREIGN,  /* something of this name that was trained otherwise */
};

struct store_found {
    enum store_state state;
    int64_t id;
    size_t epochs;           /* rows that are there */
    char why[STORE_WHY_MAX]; /* why the last attempt failed, or "" */
};

/* The state of a cell that is the same, by what the store says of it and how many epochs it has
 * and are asked for (0: whatever is there). */
enum store_state store_state(int word, size_t epochs, size_t asked);

/* What is there. For STORE_FOREIGN *error says how it differs (LG_USAGE, what to do about
 * it), though the call itself succeeds. */
enum lg_status store_look(struct store *store, const struct store_cell *cell,
                          struct store_found *found, struct lg_error *error);

/* Begin a cell that is absent; *id receives its number. */
enum lg_status store_begin(struct store *store, const struct store_cell *cell, int64_t *id,
                           struct lg_error *error);

/* Forget the epochs of a cell after `epoch`, and its checkpoint if that is later. */
enum lg_status store_cut(struct store *store, int64_t id, size_t epoch, struct lg_error *error);

/* Remove a cell and all it has. */
enum lg_status store_remove(struct store *store, int64_t id, struct lg_error *error);

/* Bytes that somebody else owns. NULL: none. */
struct store_bytes {
    const void *bytes;
    size_t size;
};

/* What an epoch left. */
struct store_epoch {
    size_t epoch;                       /* from 1, each after the last */
    struct store_bytes trace, timing;   /* rows of the CSV files, each with its line end */
    struct store_bytes image;           /* a PNG, or none */
    struct store_bytes parameters;      /* rows of parameters.csv, or none */
    struct store_bytes evaluations;     /* rows of evaluations.csv, or none */
    struct store_bytes state;           /* the engine's checkpoint, or none: keep the last */
    char weights_sha256[LG_DIGEST_HEX]; /* of the parameters in `state` */
};

enum lg_status store_add(struct store *store, int64_t id, const struct store_epoch *epoch,
                         struct lg_error *error);

/* The cell ended after so many epochs, as `how` says (STORE_DONE, STORE_DIVERGED or
 * STORE_STOPPED): seal it and drop its checkpoint, unless that is of the last of them. LG_FAILED
 * when another number of epochs was added. */
enum lg_status store_finish(struct store *store, int64_t id, size_t epochs, enum store_state how,
                            struct lg_error *error);

/* The last attempt at a cell failed; it can be gone on with. */
enum lg_status store_note(struct store *store, int64_t id, const char *why, struct lg_error *error);

/* The state after `epoch` epochs. */
struct store_checkpoint {
    size_t epoch; /* 0: none */
    char weights_sha256[LG_DIGEST_HEX];
    void *bytes; /* (size) owned; free() */
    size_t size;
};

/* Where a cell that was begun can be gone on from. Its epochs and checkpoint are held against
 * their seals; why receives what is wrong, or "": the cell then has to begin again. */
enum lg_status store_resume(struct store *store, int64_t id, struct store_checkpoint *checkpoint,
                            char why[STORE_WHY_MAX], struct lg_error *error);

/* The epoch of a cell's checkpoint; 0: it has none. */
enum lg_status store_checkpoint_epoch(struct store *store, int64_t id, size_t *epoch,
                                      struct lg_error *error);

/* Hold a finished cell against its seals. */
enum lg_status store_verify(struct store *store, int64_t id, char why[STORE_WHY_MAX],
                            struct lg_error *error);

/* Hold every cell against its seals, unfinished ones too. *cells receives how many there are;
 * slug, size bytes, and why the first that is not what was written, or "". */
enum lg_status store_verify_all(struct store *store, size_t *cells, char *slug, size_t size,
                                char why[STORE_WHY_MAX], struct lg_error *error);

/* Give each epoch to visit(), in order, as far as the seals hold; it stops at a status that is
 * not LG_OK. The bytes are borrowed until visit() returns; `state` is never given. */
typedef enum lg_status store_visitor(void *to, const struct store_epoch *epoch,
                                     struct lg_error *error);
enum lg_status store_visit(struct store *store, int64_t id, store_visitor *visit, void *to,
                           struct lg_error *error);

/* Read what is there now, whatever others write, until the next call that writes or
 * store_release(): quicker than one read at a time. NULL is no store. */
enum lg_status store_hold(struct store *store, struct lg_error *error);
void store_release(struct store *store);

/* Make sure that what was added survives a loss of power. */
enum lg_status store_commit(struct store *store, struct lg_error *error);

/* Commit, and make the folder fit to be copied and read where nothing can be written: one
 * file, as small as its content. While somebody reads it the log stays next to it. */
enum lg_status store_settle(struct store *store, struct lg_error *error);

#endif
