/* The batch, schedule and initialisation of a block's arms, where the block has its own. */
#ifndef HARNESS_SPEC_SETUP_H
#define HARNESS_SPEC_SETUP_H

#include "harness/spec/experiment.h"
#include "harness/spec/registry.h"
#include "harness/spec/schema.h"

/* The combinations of a block's values; the batch changes fastest, the initialisation slowest. */
struct setups {
    size_t count;
    const struct setup *all; /* (count), in the pool; where the block has none, the spec's */
};

/* Read `batch`, `schedule` and `initialisation` of a block, each a value or several. `common`
 * is the spec's, in the pool. At most `most` combinations. */
enum lg_status setups_read(const struct section *block, const struct registries *registries,
                           const struct setup *common, size_t most, struct setups *setups);

#endif
