/* A whole gradient check: the request and the results. */
#ifndef HARNESS_GRADCHECK_GRADCHECK_H
#define HARNESS_GRADCHECK_GRADCHECK_H

#include "harness/gradcheck/items.h"
#include "harness/gradcheck/trials.h"

struct gradcheck {
    struct copies copies;
    struct items items;
    const struct fault *fault; /* injected into every subject; NULL: none */
    size_t trials;             /* random networks that every fault is injected into */
    uint64_t seed;
    size_t jobs;
    bool quiet;

    struct result *results; /* (items.count): of those that are done; owned */
    bool *done;             /* (items.count); owned */
    struct trials_row rows[TRIALS_ROWS_MAX];
    size_t row_count;
    double seconds;
    bool is_cut_short; /* by Ctrl-C: not all is done */
};

/* Run it on `jobs` threads, with progress on standard error. The results do not depend on
 * their number. LG_INTERRUPTED after Ctrl-C: finished results are kept. End it with
 * gradcheck_free(). */
enum lg_status gradcheck_run(struct gradcheck *gradcheck, struct lg_error *error);

/* Sums over all that is done. */
struct gradcheck_totals {
    size_t subjects, blocks, checked, certified, skipped, failed, dead;
    size_t lifeless;  /* subjects whose blocks all show nothing */
    size_t unseen;    /* rows of the trials that are not as they should be */
    size_t cancelled; /* derivatives judged by the size of their terms */
    struct coverage coverage;
};
struct gradcheck_totals gradcheck_totals(const struct gradcheck *gradcheck);

/* True if the check shows what it should: that the injected fault is seen, or without one
 * that nothing fails. */
bool gradcheck_is_right(const struct gradcheck *gradcheck);

void gradcheck_free(struct gradcheck *gradcheck);

#endif
