#include "harness/run/plan.h"

#include <stdlib.h>
#include <string.h>

#include "harness/store/places.h"
#include "harness/support/output.h"

/* The first one that is of other settings though its key is the same. */
static enum lg_status find_foreign(void *to, const struct place *place, struct lg_error *error)
{
    size_t *foreign = to;
    (void)error;
    if (*foreign == SIZE_MAX && place->found.state == STORE_FOREIGN)
        *foreign = place->number;
    return LG_OK;
}

enum lg_status plan_check(const struct experiment *experiment, struct store *store,
                          enum store_mode mode, const char *directory, const char *dataset,
                          struct lg_error *error)
{
    size_t foreign;
    struct cell cell;
    struct store_found found;
    enum lg_status status = places_find(store, mode, experiment, dataset, &foreign, error);
    if (status == LG_OK && foreign == SIZE_MAX)
        status = places_visit(store, experiment->epochs, find_foreign, &foreign, error);
    if (status != LG_OK || foreign == SIZE_MAX)
        return status;
    status = experiment_cell(experiment, foreign, &cell, error);
    const struct store_cell what = {directory, cell.key, dataset, cell.slug, experiment->epochs, 0};
    if (status == LG_OK)
        status = store_look(store, &what, &found, error);
    return status == LG_OK ? LG_USAGE : status; /* *error says how it differs */
}

/* ---- Lists of cells -------------------------------------------------------- */

/* A cell that the store has. */
struct listed {
    size_t number;
    int64_t id;
    bool is_short; /* more epochs are asked for than the */
    size_t epochs; /* that it has */
    char slug[SPEC_NAME_MAX];
};

struct list {
    struct listed *all; /* (count); owned */
    size_t count, capacity;
    struct shard shard;
    bool has_foreign; /* those too, of any shard; and not only finished ones */
};

static bool is_finished(enum store_state state)
{
    return state == STORE_DONE || state == STORE_DIVERGED || state == STORE_STOPPED ||
           state == STORE_SHORT;
}

static enum lg_status add(void *to, const struct place *place, struct lg_error *error)
{
    struct list *list = to;
    const bool is_ours = place->number % list->shard.count == list->shard.index;
    if (list->has_foreign ? !is_ours && !place->is_foreign
                          : !is_ours || !is_finished(place->found.state))
        return LG_OK;
    if (list->count == list->capacity) {
        const size_t capacity = list->capacity > 0 ? 2 * list->capacity : 64;
        struct listed *all = realloc(list->all, capacity * sizeof *all);
        if (all == NULL)
            return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", capacity);
        list->all = all;
        list->capacity = capacity;
    }
    struct listed *listed = &list->all[list->count++];
    *listed = (struct listed){.number = place->number,
                              .id = place->found.id,
                              .is_short = place->found.state == STORE_SHORT,
                              .epochs = place->found.epochs};
    strncpy(listed->slug, place->slug, sizeof listed->slug - 1);
    return LG_OK;
}

/* ---- What is there --------------------------------------------------------- */

enum lg_status plan_clear(const struct experiment *experiment, struct store *store,
                          const char *dataset, struct shard shard, struct lg_error *error)
{
    struct list list = {.shard = shard, .has_foreign = true};
    size_t foreign;
    enum lg_status status = places_find(store, STORE_WRITE, experiment, dataset, &foreign, error);
    if (status == LG_OK)
        status = places_visit(store, 0, add, &list, error);
    for (size_t i = 0; status == LG_OK && i < list.count; i++)
        status = store_remove(store, list.all[i].id, error);
    free(list.all);
    return status;
}

/* Whether a cell that says that it is finished is; otherwise it is removed. */
static enum lg_status check_seal(struct store *store, const struct listed *listed, bool *is_kept,
                                 struct lg_error *error)
{
    char why[STORE_WHY_MAX];
    enum lg_status status = store_verify(store, listed->id, why, error);
    *is_kept = status == LG_OK && why[0] == '\0';
    if (status != LG_OK || *is_kept)
        return status;
    output_line(stderr, "cell '%s' starts again: %s", listed->slug, why);
    return store_remove(store, listed->id, error);
}

/* A finished cell of which more epochs are asked for. */
static enum lg_status count_extension(struct store *store, const struct listed *listed,
                                      struct plan *plan, struct lg_error *error)
{
    size_t epoch;
    enum lg_status status = store_checkpoint_epoch(store, listed->id, &epoch, error);
    plan->extended += epoch == listed->epochs;
    plan->retrained += epoch != listed->epochs;
    return status;
}

enum lg_status plan_make(const struct experiment *experiment, struct store *store,
                         const char *dataset, struct shard shard, struct plan *plan,
                         struct lg_error *error)
{
    const size_t cells = experiment->cell_count;
    struct list list = {.shard = shard};
    size_t foreign;
    *plan = (struct plan){
        .shard = shard,
        .cells = cells,
        .selected = cells / shard.count + (shard.index < cells % shard.count),
    };
    enum lg_status status = places_find(store, STORE_WRITE, experiment, dataset, &foreign, error);
    if (status == LG_OK)
        status = places_visit(store, experiment->epochs, add, &list, error);
    plan->kept_cells = malloc((list.count + 1) * sizeof *plan->kept_cells);
    if (status == LG_OK && plan->kept_cells == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", list.count);
    for (size_t i = 0; status == LG_OK && i < list.count; i++) {
        bool is_kept = false;
        status = check_seal(store, &list.all[i], &is_kept, error);
        if (status == LG_OK && is_kept && list.all[i].is_short) {
            is_kept = false;
            status = count_extension(store, &list.all[i], plan, error);
        }
        if (is_kept)
            plan->kept_cells[plan->kept++] = list.all[i].number;
    }
    plan->train_count = plan->selected - plan->kept;
    free(list.all);
    if (status != LG_OK)
        plan_free(plan);
    return status;
}

bool plan_next(const struct plan *plan, struct plan_cursor *cursor, size_t *number)
{
    while (cursor->cell < plan->selected) {
        *number = plan->shard.index + cursor->cell++ * plan->shard.count;
        if (cursor->kept == plan->kept || plan->kept_cells[cursor->kept] != *number)
            return true;
        cursor->kept++;
    }
    return false;
}

void plan_free(struct plan *plan)
{
    free(plan->kept_cells);
    *plan = (struct plan){0};
}
