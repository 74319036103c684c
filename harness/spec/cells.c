#include "harness/spec/cells.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/spec/label.h"

/* A cell while cells are sorted. */
struct entry {
    const struct cell *cell;
};

static int compare_slugs(const void *a, const void *b)
{
    const struct cell *first = ((const struct entry *)a)->cell;
    const struct cell *second = ((const struct entry *)b)->cell;
    int order = strcmp(first->slug, second->slug);
    return order != 0 ? order : (first > second) - (first < second);
}

/* The block that a cell came from, for a message. */
static const struct node *cell_block(const struct grid *grid, size_t cell)
{
    size_t arm = 0;
    for (; cell >= grid->arms[arm].seeds.count; arm++)
        cell -= grid->arms[arm].seeds.count;
    return grid->arms[arm].block;
}

/* Two cells of one name would share a folder. */
static enum lg_status check_slugs(struct pool *pool, const struct grid *grid,
                                  const struct experiment *experiment, struct lg_error *error)
{
    size_t count = experiment->cell_count;
    struct entry *sorted = pool_take(pool, count * sizeof *sorted, error);
    if (sorted == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < count; i++)
        sorted[i].cell = &experiment->cells[i];
    qsort(sorted, count, sizeof *sorted, compare_slugs);
    for (size_t i = 1; i < count; i++) {
        const struct cell *first = sorted[i - 1].cell, *second = sorted[i].cell;
        if (strcmp(first->slug, second->slug) != 0)
            continue;
        size_t number = (size_t)(second - experiment->cells);
        return node_fail(cell_block(grid, number), error,
                         "cell %zu (%s) and cell %zu (%s) would both be called %s; change one or "
                         "give its block another label",
                         (size_t)(first - experiment->cells) + 1, first->label, number + 1,
                         second->label, second->slug);
    }
    return LG_OK;
}

enum lg_status cells_make(struct pool *pool, const struct registries *registries,
                          const struct grid *grid, struct experiment *experiment,
                          struct lg_error *error)
{
    enum lg_status status = labels_make(pool, registries, grid, error);
    if (status != LG_OK)
        return status;
    experiment->cells = calloc(grid->cell_count, sizeof *experiment->cells);
    experiment->setups = calloc(grid->setup_count, sizeof *experiment->setups);
    if (experiment->cells == NULL || experiment->setups == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    memcpy(experiment->setups, grid->setups, grid->setup_count * sizeof *experiment->setups);
    for (size_t i = 0; i < grid->arm_count; i++) {
        const struct arm *arm = &grid->arms[i];
        for (size_t j = 0; j < arm->seeds.count; j++) {
            struct cell *cell = &experiment->cells[experiment->cell_count++];
            cell->loss = arm->loss;
            cell->optimizer = arm->optimizer;
            cell->activation = arm->has_activation
                                   ? arm->activation
                                   : experiment->layers[experiment->layer_count - 1].activation;
            cell->setup = experiment->setups + (arm->setup - grid->setups);
            cell->has_images = experiment->task == LG_TASK_RECONSTRUCT;
            cell->arm = i;
            cell->seed = arm->seeds.values[j];
            cell->draw = arm->draw;
            snprintf(cell->label, sizeof cell->label, "%s", arm->label);
            slug_make(arm->label, cell->seed, cell->slug);
            if (!experiment_key(experiment, cell))
                return lg_fail(error, LG_ENVIRONMENT, "out of memory");
        }
    }
    return check_slugs(pool, grid, experiment, error);
}
