#include "harness/spec/slugs.h"

#include <stdlib.h>
#include <string.h>

#include "harness/spec/grid.h"
#include "harness/spec/label.h"
#include "harness/spec/value.h"

/* ---- Distinct by construction -------------------------------------------- */

/* The values of an axis give different slugs where no two are the same. */
static bool has_equals(const struct registry *registry, const struct choice_set *set)
{
    const struct lg_info *info = registry->info(set->base.index);
    for (size_t i = 0; i < set->axis_count; i++)
        for (size_t j = 0; j < set->axes[i].count; j++) {
            const struct lg_choice a = choice_set_with(registry, set, i, j);
            for (size_t k = 0; k < j; k++) {
                const struct lg_choice b = choice_set_with(registry, set, i, k);
                if (value_option_same(info, &a.options, &b.options, set->axes[i].option))
                    return true;
            }
        }
    return false;
}

/* The same for a block's setups: of entries, more than one set may say the same. */
static bool has_equal_setups(const struct grid *grid, const struct setups *setups)
{
    const struct entries *entries[] = {&setups->schedules, &setups->initialisations};
    const struct registry *registries[] = {&grid->registries.schedule,
                                           &grid->registries.initialisation};
    for (size_t i = 0; i < setups->batch_count; i++)
        for (size_t j = 0; j < i; j++)
            if (setups->batches[i] == setups->batches[j])
                return true;
    for (size_t i = 0; i < 2; i++)
        for (size_t j = 0; j < entries[i]->set_count; j++) {
            if (has_equals(registries[i], &entries[i]->sets[j]))
                return true;
            for (size_t k = 0; k < j; k++)
                if (entries[i]->sets[j].base.index == entries[i]->sets[k].base.index)
                    return true; /* perhaps */
        }
    return false;
}

/* True if each of a's slugs begins as none of b's: with another name, up to a '-'. */
static bool differ_in_name(const struct grid *grid, const struct product *a,
                           const struct product *b)
{
    char names[2][GRID_LABEL_MAX], slugs[2][SPEC_NAME_MAX];
    const struct product *of[] = {a, b};
    for (size_t i = 0; i < 2; i++) {
        label_name(grid, of[i], names[i]);
        slug_make(names[i], 0, slugs[i]);
        slugs[i][strlen(slugs[i]) - 2] = 0; /* without "s0" */
    }
    const size_t first = strlen(slugs[0]), second = strlen(slugs[1]);
    /* A long one is cut. */
    if (first > GRID_LABEL_MAX - 2 - EXPERIMENT_ID_BYTES ||
        second > GRID_LABEL_MAX - 2 - EXPERIMENT_ID_BYTES)
        return false;
    return strncmp(slugs[0], slugs[1], first < second ? first : second) != 0;
}

/* ---- Distinct by looking ------------------------------------------------- */

/* Slugs that were seen: open addressing, of the hash first and the slug then. */
struct seen {
    size_t capacity; /* a power of 2 */
    struct place {
        uint64_t hash;
        size_t number; /* of a cell, plus 1; 0: free */
    } * places;
};

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a, 64 bits */
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash ^ hash >> 32;
}

static enum lg_status refuse(const struct experiment *experiment, const struct cell *first,
                             const struct cell *second, struct lg_error *error)
{
    const struct cell *early = first->number < second->number ? first : second;
    const struct cell *late = early == first ? second : first;
    const struct block *block = grid_product(experiment->grid, late->arm)->block;
    return node_fail(block->node, error,
                     "cell %zu (%s) and cell %zu (%s) would both be called %s; change one or "
                     "give its block another label",
                     early->number + 1, early->label, late->number + 1, late->label, late->slug);
}

static enum lg_status see(const struct experiment *experiment, struct seen *seen, size_t number,
                          struct lg_error *error)
{
    struct cell cell, other;
    enum lg_status status = experiment_cell(experiment, number, &cell, error);
    if (status != LG_OK)
        return status;
    const uint64_t hash = hash_of(cell.slug);
    size_t at = hash & (seen->capacity - 1);
    for (; seen->places[at].number != 0; at = (at + 1) & (seen->capacity - 1)) {
        if (seen->places[at].hash != hash)
            continue;
        status = experiment_cell(experiment, seen->places[at].number - 1, &other, error);
        if (status != LG_OK)
            return status;
        if (strcmp(cell.slug, other.slug) == 0)
            return refuse(experiment, &other, &cell, error);
    }
    seen->places[at] = (struct place){hash, number + 1};
    return LG_OK;
}

static size_t cells_of(const struct product *product)
{
    return product->arm_count * product->block->seeds.count;
}

/* Every slug of the products that are marked. */
static enum lg_status look(const struct experiment *experiment, const bool *marked,
                           struct lg_error *error)
{
    const struct grid *grid = experiment->grid;
    size_t cells = 0;
    enum lg_status status = LG_OK;
    for (size_t i = 0; i < grid->product_count; i++)
        cells += marked[i] ? cells_of(&grid->products[i]) : 0;
    if (cells == 0)
        return LG_OK;
    struct seen seen = {.capacity = 16};
    while (seen.capacity < 2 * cells)
        seen.capacity *= 2;
    seen.places = calloc(seen.capacity, sizeof *seen.places);
    if (seen.places == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory to compare the names of %zu cells",
                       cells);
    for (size_t i = 0; status == LG_OK && i < grid->product_count; i++) {
        const struct product *product = &grid->products[i];
        const size_t first = experiment_first_cell(experiment, product->first_arm);
        for (size_t j = 0; status == LG_OK && marked[i] && j < cells_of(product); j++)
            status = see(experiment, &seen, first + j, error);
    }
    free(seen.places);
    return status;
}

enum lg_status slugs_check(const struct experiment *experiment, struct lg_error *error)
{
    const struct grid *grid = experiment->grid;
    bool *marked = calloc(grid->product_count, sizeof *marked);
    if (marked == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "out of memory");
    for (size_t i = 0; i < grid->product_count; i++) {
        const struct product *product = &grid->products[i];
        marked[i] = marked[i] || has_equals(&grid->registries.loss, product->losses) ||
                    has_equals(&grid->registries.optimizer, product->optimizers) ||
                    has_equal_setups(grid, &product->block->setups);
        for (size_t j = 0; j < i; j++)
            if (!differ_in_name(grid, product, &grid->products[j]))
                marked[i] = marked[j] = true;
    }
    enum lg_status status = look(experiment, marked, error);
    free(marked);
    return status;
}
