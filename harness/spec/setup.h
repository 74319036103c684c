/* The batch, schedule and initialisation of a block's arms, where the block has its own. */
#ifndef HARNESS_SPEC_SETUP_H
#define HARNESS_SPEC_SETUP_H

#include "harness/spec/choice.h"
#include "harness/spec/experiment.h"
#include "harness/spec/registry.h"
#include "harness/spec/schema.h"

/* The values of a key that names entries of a registry. */
struct entries {
    size_t set_count;
    struct choice_set *sets; /* (set_count), in the pool */
    size_t count;            /* of all sets' combinations; 0: the key is absent */
};

/* The combinations of a block's values; the batch changes fastest, the initialisation slowest. */
struct setups {
    size_t count;
    struct setup common; /* the spec's, where the block has none */
    size_t batch_count;  /* 0: the key is absent */
    const double *batches;
    struct entries schedules, initialisations;
};

/* Read `batch`, `schedule` and `initialisation` of a block, each a value or several. `common`
 * is the spec's. At most `most` combinations. */
enum lg_status setups_read(const struct section *block, const struct registries *registries,
                           const struct setup *common, size_t most, struct setups *setups);

/* Combination number `index`. */
struct setup setups_get(const struct registries *registries, const struct setups *setups,
                        size_t index);

/* Value number `index` of all of a key. */
struct lg_choice entries_get(const struct registry *registry, const struct entries *entries,
                             size_t index);

#endif
