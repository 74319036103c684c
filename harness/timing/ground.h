/* The memory that the networks of all arms take turns in. The place of a network decides
 * which of its cache lines conflict, which can change its time by one or two per cent for
 * as long as it stays there. So equal networks have the same place, and the place changes
 * from round to round, so that the intervals include its effect. T. Mytkowicz et al.,
 * Producing wrong data without doing anything obviously wrong, ASPLOS 2009,
 * doi:10.1145/1508244.1508275. */
#ifndef HARNESS_TIMING_GROUND_H
#define HARNESS_TIMING_GROUND_H

#include "lossgrid/backend.h"
#include "lossgrid/pcg.h"

struct ground {
    struct lg_arena block; /* owned */
    size_t offset;         /* offset of networks in it */
};

/* Reserve room for networks of so many bytes at any offset. A network placed before is
 * lost. LG_ENVIRONMENT when memory is short, and the ground is as it was. */
enum lg_status ground_reserve(struct ground *ground, size_t bytes, struct lg_error *error);

/* From now on networks begin elsewhere, on some cache line. */
void ground_move(struct ground *ground, struct lg_pcg *pcg);

/* Place a network in the room that was reserved for it, parameters zero. The previous one
 * is lost. */
struct lg_net *ground_place(struct ground *ground, const struct lg_backend *backend,
                            const struct lg_net_config *config);

/* Free. Safe on a zeroed struct. */
void ground_free(struct ground *ground);

#endif
