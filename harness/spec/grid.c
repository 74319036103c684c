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

/* A block while it is read. */
struct reading {
    struct choice_sets losses, optimizers;
    const struct node *exclude; /* NULL: nothing */
    struct path exclude_path;
    size_t *excluded; /* (entries of exclude) arms that each leaves out */
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

static enum lg_status read_block(struct pool *pool, const struct registries *registries,
                                 const struct node *node, const char *path,
                                 const struct setup *common, struct reading *reading,
                                 struct block *block, struct lg_error *error)
{
    struct section section;
    const struct node *seeds = NULL, *activation = NULL;
    enum lg_status status = section_open(&section, "grid[]", path, node, pool, error);
    if (status == LG_OK)
        status = section_text(&section, "label", &block->label);
    if (block->label == NULL)
        block->label = "";
    if (status == LG_OK)
        status = section_integer(&section, "draw", &block->draw);
    if (status == LG_OK)
        status = section_list(&section, "seeds", &seeds);
    if (status == LG_OK && seeds != NULL)
        status = grid_read_seeds(pool, seeds, path_key(path, "seeds").text, &block->seeds, error);
    if (status == LG_OK)
        status = read_choices(&section, "losses", &registries->loss, &reading->losses);
    if (status == LG_OK)
        status = read_choices(&section, "optimizers", &registries->optimizer, &reading->optimizers);
    if (status == LG_OK)
        status = section_node(&section, "activation", &activation);
    block->has_activation = activation != NULL;
    if (status == LG_OK && activation != NULL)
        status = choice_read(pool, &registries->activation, activation,
                             path_key(path, "activation").text, &block->activation, error);
    if (status == LG_OK)
        status = setups_read(&section, registries, common, GRID_CELLS_MAX, &block->setups);
    if (status == LG_OK)
        status = section_list(&section, "exclude", &reading->exclude);
    reading->exclude_path = path_key(path, "exclude");
    if (status == LG_OK && reading->exclude != NULL)
        status =
            exclude_check(pool, registries, reading->exclude, reading->exclude_path.text, error);
    block->node = node;
    return status;
}

/* ---- Products ------------------------------------------------------------ */

/* True if combination `index` is excluded; counted in `excluded` for each entry where that is
 * not NULL. */
static bool is_cut(const struct product *product, size_t index, size_t *excluded)
{
    bool is_out = false;
    for (size_t i = 0; i < product->cuts.count; i++) {
        const struct cut *cut = &product->cuts.all[i];
        if (!exclude_names(&cut->loss, product->losses, index / product->optimizer_count) ||
            !exclude_names(&cut->optimizer, product->optimizers, index % product->optimizer_count))
            continue;
        if (excluded == NULL)
            return true;
        is_out = true;
        excluded[i]++;
    }
    return is_out;
}

/* How many combinations are kept, and which. */
static enum lg_status rank(struct pool *pool, struct product *product, size_t *excluded,
                           struct lg_error *error)
{
    const size_t all = product->loss_count * product->optimizer_count;
    product->kept = all;
    if (product->cuts.count == 0)
        return LG_OK;
    size_t *ranks = pool_take(pool, (all / GRID_RANK + 1) * sizeof *ranks, error), kept = 0;
    if (ranks == NULL)
        return LG_ENVIRONMENT;
    for (size_t i = 0; i < all; i++) {
        if (i % GRID_RANK == 0)
            ranks[i / GRID_RANK] = kept;
        kept += !is_cut(product, i, excluded);
    }
    product->kept = kept;
    product->ranks = ranks;
    return LG_OK;
}

/* The combination that is kept number `rank`. */
static size_t combination(const struct product *product, size_t rank)
{
    if (product->ranks == NULL)
        return rank;
    size_t low = 0,
           high = (product->loss_count * product->optimizer_count + GRID_RANK - 1) / GRID_RANK;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (product->ranks[middle] <= rank)
            low = middle;
        else
            high = middle;
    }
    size_t index = low * GRID_RANK;
    for (size_t left = rank - product->ranks[low];; index++)
        if (!is_cut(product, index, NULL) && left-- == 0)
            return index;
}

/* True if combinations `first` to `first` + count - 1 are all excluded. */
static bool is_all_cut(const struct product *product, size_t first, size_t count)
{
    for (size_t i = first; i < first + count; i++)
        if (product->ranks == NULL || !is_cut(product, i, NULL))
            return false;
    return true;
}

bool grid_uses(const struct product *product, const struct choice_set *set, size_t axis,
               size_t value)
{
    if (product->ranks == NULL || (set != product->losses && set != product->optimizers))
        return true;
    const size_t all = product->loss_count * product->optimizer_count;
    size_t period = set == product->losses ? product->optimizer_count : 1;
    for (size_t i = axis + 1; i < set->axis_count; i++)
        period *= set->axes[i].count;
    const size_t stride = period * set->axes[axis].count;
    for (size_t first = value * period; first < all; first += stride)
        if (!is_all_cut(product, first, period))
            return true;
    return false;
}

bool grid_has_loss(const struct product *product, size_t index)
{
    return !is_all_cut(product, index * product->optimizer_count, product->optimizer_count);
}

struct lg_choice grid_loss(const struct grid *grid, const struct product *product, size_t index)
{
    return choice_set_get(&grid->registries.loss, product->losses, index);
}

/* LG_INPUT where the grid would have too many cells. */
static enum lg_status count_cells(const struct block *block, const struct product *product,
                                  const char *path, size_t *cells, struct lg_error *error)
{
    const size_t factors[] = {product->loss_count, product->optimizer_count, block->setups.count,
                              block->seeds.count};
    size_t count = 1;
    for (size_t i = 0; i < sizeof factors / sizeof *factors && count <= GRID_CELLS_MAX; i++)
        count =
            factors[i] > GRID_CELLS_MAX / count ? (size_t)GRID_CELLS_MAX + 1 : count * factors[i];
    *cells += count; /* no overflow: both are at most GRID_CELLS_MAX + 1 */
    if (*cells <= GRID_CELLS_MAX)
        return LG_OK;
    return node_fail(block->node, error, "%s: the grid has more than %llu cells", path,
                     (unsigned long long)GRID_CELLS_MAX);
}

/* Add the products of a block that have an arm left. */
static enum lg_status add_products(struct pool *pool, const char *path, struct reading *reading,
                                   struct block *block, struct grid *grid, struct lg_error *error)
{
    size_t *cells = &block->first_cell; /* of all blocks so far, excluded ones among them */
    enum lg_status status = LG_OK;
    for (size_t i = 0; i < reading->losses.count; i++)
        for (size_t j = 0; j < reading->optimizers.count; j++) {
            struct product *product = &grid->products[grid->product_count];
            *product = (struct product){.block = block,
                                        .losses = &reading->losses.sets[i],
                                        .optimizers = &reading->optimizers.sets[j]};
            product->loss_count = choice_set_count(product->losses, GRID_CELLS_MAX);
            product->optimizer_count = choice_set_count(product->optimizers, GRID_CELLS_MAX);
            status = count_cells(block, product, path, cells, error);
            if (status == LG_OK)
                status = exclude_cuts(pool, &grid->registries, reading->exclude, product->losses,
                                      product->optimizers, &product->cuts, error);
            if (status == LG_OK)
                status = rank(pool, product, reading->excluded, error);
            if (status != LG_OK)
                return status;
            product->arm_count = product->kept * block->setups.count;
            block->arm_count += product->arm_count;
            grid->product_count += product->arm_count > 0;
        }
    return LG_OK;
}

/* Every entry of `exclude` leaves something out, and all of them leave something. */
static enum lg_status check_excluded(const struct reading *reading, const struct block *block,
                                     struct lg_error *error)
{
    const struct node *list = reading->exclude;
    for (size_t j = 0; list != NULL && j < list->count; j++)
        if (reading->excluded[j] == 0)
            return node_fail(list->members[j].value, error,
                             "%s: found an entry that leaves out no arm of the block",
                             path_entry(reading->exclude_path.text, j).text);
    if (list != NULL && block->arm_count == 0)
        return node_fail(list, error, "%s: found all arms of the block, expected one to be left",
                         reading->exclude_path.text);
    return LG_OK;
}

/* ---- The whole ----------------------------------------------------------- */

static enum lg_status read_blocks(struct pool *pool, const struct member *members, bool several,
                                  const struct seeds *seeds, const struct setup *common,
                                  struct reading *readings, struct grid *grid,
                                  struct lg_error *error)
{
    const size_t count = grid->block_count;
    size_t products = 0;
    for (size_t i = 0; i < count; i++) {
        const struct path path = several ? path_entry("grid", i) : path_key("", "grid");
        grid->blocks[i].seeds = *seeds;
        enum lg_status status = read_block(pool, &grid->registries, members[i].value, path.text,
                                           common, &readings[i], &grid->blocks[i], error);
        if (status != LG_OK)
            return status;
        products += readings[i].losses.count * readings[i].optimizers.count;
        const size_t entries = readings[i].exclude != NULL ? readings[i].exclude->count : 0;
        readings[i].excluded = pool_take(pool, (entries + 1) * sizeof(size_t), error);
        if (readings[i].excluded == NULL)
            return LG_ENVIRONMENT;
    }
    grid->products = pool_take(pool, (products + 1) * sizeof *grid->products, error);
    return grid->products != NULL ? LG_OK : LG_ENVIRONMENT;
}

enum lg_status grid_read(struct pool *pool, const struct registries *registries,
                         const struct node *node, const struct seeds *seeds,
                         const struct setup *common, struct grid *grid, struct lg_error *error)
{
    const struct member single = {.value = node};
    const bool several = node->kind == NODE_LIST;
    *grid = (struct grid){.registries = *registries, .block_count = several ? node->count : 1};
    if (grid->block_count == 0)
        return node_fail_expected(node, error, "grid", "a block, or a list of at least one");
    grid->blocks = pool_take(pool, grid->block_count * sizeof *grid->blocks, error);
    struct reading *readings = pool_take(pool, grid->block_count * sizeof *readings, error);
    if (grid->blocks == NULL || readings == NULL)
        return LG_ENVIRONMENT;
    enum lg_status status = read_blocks(pool, several ? node->members : &single, several, seeds,
                                        common, readings, grid, error);
    size_t before = 0; /* cells, those that are excluded among them */
    for (size_t i = 0; status == LG_OK && i < grid->block_count; i++) {
        struct block *block = &grid->blocks[i];
        const struct path path = several ? path_entry("grid", i) : path_key("", "grid");
        block->first_cell = before;
        status = add_products(pool, path.text, &readings[i], block, grid, error);
        before = block->first_cell;
        if (status == LG_OK)
            status = check_excluded(&readings[i], block, error);
        block->first_arm = grid->arm_count;
        block->first_cell = grid->cell_count;
        grid->arm_count += block->arm_count;
        grid->cell_count += block->arm_count * block->seeds.count;
    }
    for (size_t i = 0, arm = 0; i < grid->product_count; arm += grid->products[i++].arm_count)
        grid->products[i].first_arm = arm;
    return status;
}

/* ---- Arms ---------------------------------------------------------------- */

const struct product *grid_product(const struct grid *grid, size_t arm)
{
    size_t low = 0, high = grid->product_count;
    while (high - low > 1) {
        const size_t middle = low + (high - low) / 2;
        if (grid->products[middle].first_arm <= arm)
            low = middle;
        else
            high = middle;
    }
    return &grid->products[low];
}

struct arm grid_arm(const struct grid *grid, size_t arm)
{
    const struct product *product = grid_product(grid, arm);
    const struct setups *setups = &product->block->setups;
    const size_t index = arm - product->first_arm;
    const size_t both = combination(product, index / setups->count);
    return (struct arm){
        .product = product,
        .loss = choice_set_get(&grid->registries.loss, product->losses,
                               both / product->optimizer_count),
        .optimizer = choice_set_get(&grid->registries.optimizer, product->optimizers,
                                    both % product->optimizer_count),
        .setup = setups_get(&grid->registries, setups, index % setups->count),
    };
}
