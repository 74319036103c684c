/* What the phases of a step cost, told by the engine while it trains. */
#ifndef HARNESS_TIMING_PHASE_SOURCE_H
#define HARNESS_TIMING_PHASE_SOURCE_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/backend.h"

enum { PHASES = 5 };

/* data, forward, loss, backward, update: as cost.csv calls them. */
extern const char *const phase_names[PHASES];

/* What the phases of some steps came to. Only some of the steps of a block are looked
 * into, so that looking costs little. */
struct phase_sums {
    uint64_t steps; /* that were looked into */
    double ticks[PHASES];
};

struct phase_source; /* opaque */

/* NULL where phases cannot be told, with why in *absent (static). The caller closes it. */
struct phase_source *phase_source_open(const char **absent);

/* From now on the network's steps are looked into; from now on no more, and *sums
 * receives what they came to. step_ns: about what a step takes. */
void phase_source_attach(struct phase_source *source, const struct lg_backend *backend,
                         struct lg_net *net, double step_ns);
void phase_source_detach(struct phase_source *source, const struct lg_backend *backend,
                         struct lg_net *net, struct phase_sums *sums);

/* NULL is allowed. */
void phase_source_close(struct phase_source *source);

#endif
