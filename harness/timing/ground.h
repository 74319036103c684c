/* The memory that the networks of all arms take turns in. Where a network lies decides
 * which cache lines it shares with itself, which can be worth a per cent or two for as
 * long as it lies there. So equals lie in the same place, and the place changes from
 * round to round, which makes it part of what the intervals tell. T. Mytkowicz et al.,
 * Producing wrong data without doing anything obviously wrong, ASPLOS 2009,
 * doi:10.1145/1508244.1508275. */
#ifndef HARNESS_TIMING_GROUND_H
#define HARNESS_TIMING_GROUND_H

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

struct ground {
    struct lg_arena block; /* owned */
    size_t offset;         /* where networks begin in it */
};

/* Have room for networks of so many bytes anywhere. What was placed is lost.
 * LG_ENVIRONMENT when memory is short, and the ground is as it was. */
enum lg_status ground_reserve(struct ground *ground, size_t bytes, struct lg_error *error);

/* From now on networks begin elsewhere, on some cache line. */
void ground_move(struct ground *ground, struct lg_pcg *pcg);

/* Place a network in the room that was reserved for it, parameters zero. The one that was
 * there is lost. */
struct lg_net *ground_place(struct ground *ground, const struct lg_backend *backend,
                            const struct lg_net_config *config);

/* Free. Safe on a zeroed struct. */
void ground_free(struct ground *ground);

#endif
