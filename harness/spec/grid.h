/* The grid: blocks of losses and optimizers, multiplied out into arms. */
#ifndef HARNESS_SPEC_GRID_H
#define HARNESS_SPEC_GRID_H

#include "harness/spec/experiment.h"
#include "harness/spec/node.h"
#include "harness/spec/registry.h"

enum {
    GRID_CELLS_MAX = 65536,
    GRID_LABEL_MAX =
        101, /* bytes of an arm's label with its NUL; leaves a slug room for the seed */
};

/* Seeds in the order given. */
struct seeds {
    size_t count;
    const uint64_t *values; /* (count), in the pool */
};

/* A configuration that is trained once per seed. */
struct arm {
    struct lg_choice loss, optimizer;
    bool has_activation; /* the last layer's, in place of the model's */
    struct lg_choice activation;
    const struct setup *setup; /* of the grid */
    uint64_t draw;
    struct seeds seeds;
    const char *block_label;    /* as the user wrote it, or "" */
    bool alone;                 /* the only arm of its block */
    const struct node *block;   /* for messages */
    char label[GRID_LABEL_MAX]; /* filled by labels_make() */
};

struct grid {
    size_t arm_count, cell_count;
    struct arm *arms; /* (arm_count), in the pool */
    size_t setup_count;
    struct setup *setups; /* (setup_count), in the pool */
};

/* Different whole numbers that an engine can be seeded with. path is for
 * messages; the node is a list. */
enum lg_status grid_read_seeds(struct pool *pool, const struct node *list, const char *path,
                               struct seeds *seeds, struct lg_error *error);

/* Read a block or a list of blocks. Arms come in the order block, loss,
 * optimizer, options of the loss, options of the optimizer, setup. `seeds` and `common`
 * are those of blocks without their own; common outlives the grid. At most GRID_CELLS_MAX cells
 * before any are excluded. */
enum lg_status grid_read(struct pool *pool, const struct registries *registries,
                         const struct node *node, const struct seeds *seeds,
                         const struct setup *common, struct grid *grid, struct lg_error *error);

#endif
