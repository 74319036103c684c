/* Two folders of timings side by side, cell by cell and phase by phase. */
#ifndef HARNESS_COMPARE_PAIRING_H
#define HARNESS_COMPARE_PAIRING_H

#include "harness/compare/timed_folder.h"
#include "harness/stats/ratio.h"
#include "harness/stats/verdict.h"
#include "harness/support/text.h"

enum { PAIRED_REASON_MAX = 128 };

/* One phase of one cell. */
struct paired {
    const struct timed_cell *a, *b; /* NULL: only the other folder has it */
    enum timed_phase phase;
    struct ratio ratio;      /* b / a; value NAN: there is none */
    struct ratio normalised; /* of time x FMA peak; value NAN: not calibrated */
    double floor;            /* the larger of both; NAN: unknown */
    enum verdict verdict;
    char reason[PAIRED_REASON_MAX]; /* why not comparable, or undecided; else empty */
};

struct pairing {
    const struct timed_folder *a, *b; /* borrowed */
    size_t count;
    struct paired *all; /* (count), cells in a's order, then those that only b has; owned */
    size_t cells;       /* compared */
    size_t apart;       /* cells in both, timed in states whose costs differ or may differ */
    size_t refused;     /* cells that are in both and did not compute the same */
    const char *first;  /* of those; NULL: none */
    struct text first_divergence; /* of the traces next to the folders, or why it is not known */
};

/* Compare b with the baseline a. Cells whose weights_sha256 differ or are missing are
 * refused, whatever their times: they did not do the same work. Both folders must outlive
 * *pairing, which is the caller's to free, whatever the status. */
enum lg_status pairing_make(const struct timed_folder *a, const struct timed_folder *b,
                            struct pairing *pairing, struct lg_error *error);

/* The number of phases with the verdict. */
size_t pairing_count(const struct pairing *pairing, enum verdict verdict);

/* The one side that is there, for names. */
const struct timed_cell *paired_cell(const struct paired *paired);

/* Free. Safe on a zeroed struct. */
void pairing_free(struct pairing *pairing);

#endif
