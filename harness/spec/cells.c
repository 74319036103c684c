/* The cells of an experiment, each made when it is asked for. */
#include <string.h>

#include "harness/spec/experiment.h"
#include "harness/spec/grid.h"
#include "harness/spec/label.h"

struct seeds experiment_seeds(const struct experiment *experiment, size_t arm)
{
    const struct arm_selection *selection = experiment->selection;
    return selection != NULL && selection->starts == NULL
               ? selection->seeds
               : grid_product(experiment->grid, selection != NULL ? selection->arms[arm] : arm)
                     ->block->seeds;
}

size_t experiment_first_cell(const struct experiment *experiment, size_t arm)
{
    const struct arm_selection *selection = experiment->selection;
    if (selection != NULL)
        return selection->starts != NULL ? selection->starts[arm] : arm * selection->seeds.count;
    const struct block *block = grid_product(experiment->grid, arm)->block;
    return block->first_cell + (arm - block->first_arm) * block->seeds.count;
}

/* The block that has the cell of that number. */
static const struct block *block_of(const struct grid *grid, size_t cell)
{
    size_t low = 0, high = grid->block_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (grid->blocks[middle].first_cell <= cell)
            low = middle;
        else
            high = middle;
    }
    return &grid->blocks[low];
}

/* The arm of a cell in the grid; *number becomes that of the seed. */
static size_t find_arm(const struct experiment *experiment, size_t *number, struct seeds *seeds)
{
    const struct block *block = block_of(experiment->grid, *number);
    const size_t at = *number - block->first_cell;
    *seeds = block->seeds;
    *number = at % seeds->count;
    return block->first_arm + at / seeds->count;
}

/* The same of a selection: its arm. */
static size_t find_selected(const struct experiment *experiment, size_t *number,
                            struct seeds *seeds)
{
    const struct arm_selection *selection = experiment->selection;
    size_t low = 0, high = experiment->arm_count;
    if (selection->starts == NULL) {
        *seeds = selection->seeds;
        const size_t arm = *number / seeds->count;
        *number %= seeds->count;
        return arm;
    }
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (selection->starts[middle] <= *number)
            low = middle;
        else
            high = middle;
    }
    *number -= selection->starts[low];
    *seeds = experiment_seeds(experiment, low);
    return low;
}

static enum lg_status name_cell(const struct experiment *experiment, const struct arm *arm,
                                struct cell *cell, struct lg_error *error)
{
    if (!label_make(experiment->grid, arm, cell->label)) {
        char id[EXPERIMENT_ID_BYTES + 1];
        if (!experiment_id(experiment, cell, id))
            return lg_fail(error, LG_ENVIRONMENT, "out of memory");
        label_cut(cell->label, id);
    }
    slug_make(cell->label, cell->seed, cell->slug);
    return LG_OK;
}

/* The arm of a cell in this experiment; *number becomes that of the seed. */
static size_t find(const struct experiment *experiment, size_t *number, struct seeds *seeds)
{
    return experiment->selection != NULL ? find_selected(experiment, number, seeds)
                                         : find_arm(experiment, number, seeds);
}

/* The cell without its names; returns its arm. */
static struct arm fill_cell(const struct experiment *experiment, size_t number, struct cell *cell)
{
    const struct arm_selection *selection = experiment->selection;
    struct seeds seeds;
    size_t at = number;
    const size_t index = find(experiment, &at, &seeds);
    const struct arm arm =
        grid_arm(experiment->grid, selection != NULL ? selection->arms[index] : index);
    const struct block *block = arm.product->block;
    *cell = (struct cell){
        .loss = arm.loss,
        .optimizer = arm.optimizer,
        .activation = block->has_activation
                          ? block->activation
                          : experiment->layers[experiment->layer_count - 1].activation,
        .setup = arm.setup,
        .has_images = experiment->task == LG_TASK_RECONSTRUCT,
        .number = number,
        .arm = index,
        .seed = seeds.values[at],
        .draw = block->draw,
    };
    return arm;
}

void experiment_arm(const struct experiment *experiment, size_t arm, struct cell *cell)
{
    (void)fill_cell(experiment, experiment_first_cell(experiment, arm), cell);
}

/* The cell without its key. */
static enum lg_status make_cell(const struct experiment *experiment, size_t number,
                                struct cell *cell, struct lg_error *error)
{
    const struct arm arm = fill_cell(experiment, number, cell);
    return name_cell(experiment, &arm, cell, error);
}

enum lg_status experiment_cell(const struct experiment *experiment, size_t number,
                               struct cell *cell, struct lg_error *error)
{
    enum lg_status status = make_cell(experiment, number, cell, error);
    if (status != LG_OK)
        return status;
    return experiment_key(experiment, cell) ? LG_OK
                                            : lg_fail(error, LG_ENVIRONMENT, "out of memory");
}

enum lg_status experiment_slug(const struct experiment *experiment, size_t number,
                               char slug[SPEC_NAME_MAX], struct lg_error *error)
{
    struct cell cell;
    enum lg_status status = make_cell(experiment, number, &cell, error);
    memcpy(slug, cell.slug, SPEC_NAME_MAX);
    return status;
}

size_t experiment_arm_of(const struct experiment *experiment, size_t number)
{
    struct seeds seeds;
    return find(experiment, &number, &seeds);
}
