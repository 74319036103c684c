/* The union of stores. Cells of one name are the same cell if they have the same key and data;
 * their results must then be the same bits, on whatever machines they were made. What is not is
 * a finding, never a choice. */
#ifndef HARNESS_STORE_UNION_H
#define HARNESS_STORE_UNION_H

#include "harness/spec/experiment.h"
#include "harness/store/store.h"

enum union_kind {
    UNION_DAMAGED,        /* not what was sealed */
    UNION_OTHER_BITS,     /* the same key, other results */
    UNION_OTHER_SETTINGS, /* the same name, another key */
    UNION_OTHER_DATA,     /* the same key, another data set */
};

enum { UNION_TEXT_MAX = 192 };

struct union_finding {
    enum union_kind kind;
    const char *slug;
    char why[STORE_WHY_MAX]; /* of a damaged one */
    /* Of other bits: the first that differ. */
    size_t epoch;
    char column[UNION_TEXT_MAX], here[UNION_TEXT_MAX], there[UNION_TEXT_MAX];
};

/* Counts of cells, and whom findings go to. Start from zero but for the first three. */
struct union_state {
    const struct experiment *experiment; /* names the columns; borrowed */
    struct store *to;
    /* `here` is in the store being added, `there` in `to`. */
    void (*find)(void *context, const struct union_finding *finding);
    void *context;

    size_t findings;
    size_t copied;                    /* that were not there */
    size_t replaced;                  /* that had come less far there */
    size_t kept;                      /* that are there, as far or farther */
    size_t timing_kept;               /* of them, finished in both, each with its own times */
    char first_timing[SPEC_NAME_MAX]; /* the first of these */
};

/* Add each cell of a store. A finished cell is better than an unfinished one, and of two
 * unfinished ones that which can be gone on with from later; the times of a cell that is finished
 * in both stay those of `to`. Every cell is held against its seals before it is copied. Findings
 * are given to find(), counted, and left out. Nothing is committed. */
enum lg_status union_add(struct union_state *state, struct store *from, struct lg_error *error);

/* Whether both stores hold a cell of this name, and not the same one. */
enum lg_status union_differs(const struct experiment *experiment, struct store *a, struct store *b,
                             const char *slug, bool *differs, struct lg_error *error);

#endif
