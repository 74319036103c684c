#include "harness/spec/grid.h"

#include <stdio.h>
#include <string.h>

#include "harness/spec/choice.h"
#include "harness/spec/exclude.h"
#include "harness/spec/schema.h"
#include "harness/spec/setup.h"

/* Entries of `losses` or `optimizers`. */
struct choice_sets {
    size_t count;
    struct choice_set *sets; /* (count), in the pool */
};

struct block {
    const struct node *node;
    const char *label;
    uint64_t draw;
    struct seeds seeds;
    struct choice_sets losses, optimizers;
    size_t arm_count;
    bool has_activation;
    struct lg_choice activation;
    struct setups setups;
    const struct node *exclude; /* NULL: nothing */
    struct path exclude_path;
};

enum lg_status grid_read_seeds(struct pool *pool, const struct node *list, const char *path,
                               struct seeds *seeds, struct lg_error *error)
{
    uint64_t *values = pool_take(pool, list->count * sizeof *values, error);
    if (values == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < list->count; i++) {
        struct path entry = path_entry(path, i);
        const struct node *node = list->members[i].value;
        enum lg_status status =
            schema_integer(node, entry.text, 0, UINT32_MAX, NULL, &values[i], error);
        if (status != LG_OK)
            return status;
        for (size_t j = 0; j < i; j++) {
            if (values[j] == values[i])
                return node_fail_expected(node, error, entry.text,
                                          "a seed that is not in the list yet");
        }
    }
    *seeds = (struct seeds){list->count, values};
    return LG_OK;
}

static enum lg_status read_choices(const struct section *section, const char *name,
                                   const struct registry *registry, struct choice_sets *choices)
{
    const struct node *list = NULL;
    enum lg_status status = section_list(section, name, &list);
    if (status != LG_OK)
        return status;
    choices->count = list->count;
    choices->sets = pool_take(section->pool, list->count * sizeof *choices->sets, section->error);
    if (choices->sets == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < list->count && status == LG_OK; i++) {
        struct path path = path_entry(path_key(section->path.text, name).text, i);
        status = choice_read_set(section->pool, registry, list->members[i].value, path.text,
                                 &choices->sets[i], section->error);
    }
    return status;
}

static uint64_t count_choices(const struct choice_sets *choices)
{
    uint64_t count = 0;
    for (size_t i = 0; i < choices->count; i++)
        count += choice_set_count(&choices->sets[i], GRID_CELLS_MAX);
    return count;
}

static enum lg_status read_block(struct pool *pool, const struct registries *registries,
                                 const struct node *node, const char *path,
                                 const struct setup *common, struct block *block,
                                 struct lg_error *error)
{
    struct section section;
    const struct node *seeds = NULL, *activation = NULL;
    enum lg_status status = section_open(&section, "grid[]", path, node, pool, error);
    if (status == LG_OK)
        status = section_text(&section, "label", &block->label);
    if (status == LG_OK)
        status = section_integer(&section, "draw", &block->draw);
    if (status == LG_OK)
        status = section_list(&section, "seeds", &seeds);
    if (status == LG_OK && seeds != NULL)
        status = grid_read_seeds(pool, seeds, path_key(path, "seeds").text, &block->seeds, error);
    if (status == LG_OK)
        status = read_choices(&section, "losses", &registries->loss, &block->losses);
    if (status == LG_OK)
        status = read_choices(&section, "optimizers", &registries->optimizer, &block->optimizers);
    if (status == LG_OK)
        status = section_node(&section, "activation", &activation);
    block->has_activation = activation != NULL;
    if (status == LG_OK && activation != NULL)
        status = choice_read(pool, &registries->activation, activation,
                             path_key(path, "activation").text, &block->activation, error);
    if (status == LG_OK)
        status = setups_read(&section, registries, common, GRID_CELLS_MAX, &block->setups);
    if (status == LG_OK)
        status = section_list(&section, "exclude", &block->exclude);
    block->exclude_path = path_key(path, "exclude");
    if (status == LG_OK && block->exclude != NULL)
        status = exclude_check(pool, registries, block->exclude, block->exclude_path.text, error);
    block->node = node;
    return status;
}

/* Read the block and add its arms and cells to the grid's counts. */
static enum lg_status add_block(struct pool *pool, const struct registries *registries,
                                const struct node *node, const char *path,
                                const struct setup *common, struct block *block, struct grid *grid,
                                struct lg_error *error)
{
    enum lg_status status = read_block(pool, registries, node, path, common, block, error);
    if (status != LG_OK)
        return status;
    uint64_t arms = count_choices(&block->losses) * count_choices(&block->optimizers);
    arms = arms > GRID_CELLS_MAX ? arms : arms * block->setups.count; /* no overflow */
    uint64_t cells = grid->cell_count + arms * block->seeds.count;
    if (arms > GRID_CELLS_MAX || cells > GRID_CELLS_MAX)
        return node_fail(node, error, "%s: the grid has more than %d cells", path, GRID_CELLS_MAX);
    block->arm_count = (size_t)arms;
    grid->arm_count += (size_t)arms;
    grid->setup_count += block->setups.count;
    grid->cell_count = (size_t)cells;
    return LG_OK;
}

/* setups: those of the block, in the grid. */
static void expand_block(const struct registries *registries, const struct block *block,
                         const struct setup *setups, struct arm *arm)
{
    struct arm common = {.draw = block->draw,
                         .has_activation = block->has_activation,
                         .activation = block->activation,
                         .seeds = block->seeds,
                         .block_label = block->label != NULL ? block->label : "",
                         .alone = block->arm_count == 1,
                         .block = block->node};
    for (size_t i = 0; i < block->losses.count; i++) {
        const struct choice_set *losses = &block->losses.sets[i];
        size_t loss_count = choice_set_count(losses, GRID_CELLS_MAX);
        for (size_t j = 0; j < block->optimizers.count; j++) {
            const struct choice_set *optimizers = &block->optimizers.sets[j];
            size_t optimizer_count = choice_set_count(optimizers, GRID_CELLS_MAX);
            for (size_t k = 0; k < loss_count * optimizer_count; k++) {
                common.loss = choice_set_get(&registries->loss, losses, k / optimizer_count);
                common.optimizer =
                    choice_set_get(&registries->optimizer, optimizers, k % optimizer_count);
                for (size_t l = 0; l < block->setups.count; l++) {
                    *arm = common;
                    arm++->setup = &setups[l];
                }
            }
        }
    }
}

/* Take the arms that the block excludes out of its arms: (block->arm_count). */
static enum lg_status exclude_arms(struct pool *pool, const struct registries *registries,
                                   struct block *block, struct arm *arms, struct lg_error *error)
{
    const struct node *list = block->exclude;
    if (list == NULL)
        return LG_OK;
    size_t *excluded = pool_take(pool, list->count * sizeof *excluded, error), kept = 0;
    if (excluded == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < block->arm_count; i++) {
        bool leaves_out = false;
        for (size_t j = 0; j < list->count; j++) {
            if (exclude_matches(registries, list->members[j].value, &arms[i].loss,
                                &arms[i].optimizer)) {
                leaves_out = true;
                excluded[j]++;
            }
        }
        if (!leaves_out)
            arms[kept++] = arms[i];
    }
    for (size_t j = 0; j < list->count; j++)
        if (excluded[j] == 0)
            return node_fail(list->members[j].value, error,
                             "%s: found an entry that leaves out no arm of the block",
                             path_entry(block->exclude_path.text, j).text);
    if (kept == 0)
        return node_fail(list, error, "%s: found all arms of the block, expected one to be left",
                         block->exclude_path.text);
    block->arm_count = kept;
    for (size_t i = 0; i < kept; i++)
        arms[i].alone = kept == 1;
    return LG_OK;
}

enum lg_status grid_read(struct pool *pool, const struct registries *registries,
                         const struct node *node, const struct seeds *seeds,
                         const struct setup *common, struct grid *grid, struct lg_error *error)
{
    *grid = (struct grid){.arm_count = 0};
    const struct member single = {.value = node};
    bool several = node->kind == NODE_LIST;
    const struct member *members = several ? node->members : &single;
    size_t count = several ? node->count : 1;
    if (count == 0)
        return node_fail_expected(node, error, "grid", "a block, or a list of at least one");
    struct block *blocks = pool_take(pool, count * sizeof *blocks, error);
    if (blocks == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++) {
        struct path path = several ? path_entry("grid", i) : path_key("", "grid");
        blocks[i].seeds = *seeds;
        enum lg_status status = add_block(pool, registries, members[i].value, path.text, common,
                                          &blocks[i], grid, error);
        if (status != LG_OK)
            return status;
    }
    grid->arms = pool_take(pool, grid->arm_count * sizeof *grid->arms, error);
    grid->setups = pool_take(pool, grid->setup_count * sizeof *grid->setups, error);
    if (grid->arms == NULL || grid->setups == NULL)
        return LG_ENVIRONMENT;
    struct arm *next = grid->arms;
    struct setup *setups = grid->setups;
    grid->cell_count = 0;
    for (size_t i = 0; i < count; i++) {
        memcpy(setups, blocks[i].setups.all, blocks[i].setups.count * sizeof *setups);
        expand_block(registries, &blocks[i], setups, next);
        setups += blocks[i].setups.count;
        enum lg_status status = exclude_arms(pool, registries, &blocks[i], next, error);
        if (status != LG_OK)
            return status;
        next += blocks[i].arm_count;
        grid->cell_count += blocks[i].arm_count * blocks[i].seeds.count;
    }
    grid->arm_count = (size_t)(next - grid->arms);
    return LG_OK;
}
