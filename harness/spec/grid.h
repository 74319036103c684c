/* The grid: blocks of losses and optimizers, each a product of axes. Its arms are counted, and
 * made when they are asked for; none is stored. */
#ifndef HARNESS_SPEC_GRID_H
#define HARNESS_SPEC_GRID_H

#include "harness/spec/choice.h"
#include "harness/spec/exclude.h"
#include "harness/spec/experiment.h"
#include "harness/spec/node.h"
#include "harness/spec/registry.h"
#include "harness/spec/setup.h"

/* Cells of a grid before any are excluded, and bytes of an arm's label with its NUL, which
 * leave a slug room for the seed. */
#define GRID_CELLS_MAX 1000000000000u
enum { GRID_LABEL_MAX = 101 };

/* What the arms of a block have in common. */
struct block {
    const struct node *node; /* for messages */
    const char *label;       /* as the user wrote it, or "" */
    uint64_t draw;
    struct seeds seeds;
    bool has_activation; /* the last layer's, in place of the model's */
    struct lg_choice activation;
    struct setups setups;
    size_t arm_count, first_arm, first_cell; /* arms that are left; numbers in the grid */
};

/* Options in which arms that would be called the same without them differ. */
struct shown {
    bool loss[LG_OPTIONS_MAX], optimizer[LG_OPTIONS_MAX], draw;
    bool batch, schedule, initialisation;
};

/* A loss entry and an optimizer entry of a block: the arms of their axes and of the block's
 * setups. Its combinations of a loss and an optimizer are numbered, the optimizer fastest. */
struct product {
    const struct block *block;
    const struct choice_set *losses, *optimizers;
    size_t loss_count, optimizer_count; /* of those sets */
    size_t kept;                        /* combinations that are not excluded, 1 at least */
    size_t first_arm, arm_count;        /* numbers in the grid; kept times the setups */
    struct cuts cuts;                   /* what is excluded of it */
    const size_t *ranks;                /* NULL: nothing. Else, of each GRID_RANK combinations,
                                           how many before them are kept */
    const struct shown *shown;          /* by labels_prepare() */
};

enum { GRID_RANK = 512 };

struct grid {
    struct registries registries;
    size_t arm_count, cell_count;
    size_t block_count, product_count;
    struct block *blocks;     /* (block_count), in the pool */
    struct product *products; /* (product_count), in the pool; in the order of their arms */
};

/* A configuration that is trained once per seed. */
struct arm {
    const struct product *product;
    struct lg_choice loss, optimizer;
    struct setup setup;
};

/* Different whole numbers that an engine can be seeded with. path is for
 * messages; the node is a list. */
enum lg_status grid_read_seeds(struct pool *pool, const struct node *list, const char *path,
                               struct seeds *seeds, struct lg_error *error);

/* Read a block or a list of blocks. Arms come in the order block, loss,
 * optimizer, options of the loss, options of the optimizer, setup. `seeds` and `common`
 * are those of blocks without their own. At most GRID_CELLS_MAX cells
 * before any are excluded. The grid is as long-lived as the pool. */
enum lg_status grid_read(struct pool *pool, const struct registries *registries,
                         const struct node *node, const struct seeds *seeds,
                         const struct setup *common, struct grid *grid, struct lg_error *error);

/* The product of an arm, and the arm. */
const struct product *grid_product(const struct grid *grid, size_t arm);
struct arm grid_arm(const struct grid *grid, size_t arm);

/* True if an arm has value `value` of axis `axis` of a set of choices: false only for one of the
 * product's losses or optimizers whose arms are all excluded. */
bool grid_uses(const struct product *product, const struct choice_set *set, size_t axis,
               size_t value);

/* Loss number `index` of a product, and whether an arm has it. */
bool grid_has_loss(const struct product *product, size_t index);
struct lg_choice grid_loss(const struct grid *grid, const struct product *product, size_t index);

#endif
