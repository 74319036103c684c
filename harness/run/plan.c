#include "harness/run/plan.h"

#include <stdlib.h>

#include "harness/support/output.h"

/* Look for cell number i, which *cell and *what receive. */
static enum lg_status look(const struct experiment *experiment, size_t i, struct store *store,
                           const char *directory, const char *dataset, struct cell *cell,
                           struct store_cell *what, struct store_found *found,
                           struct lg_error *error)
{
    enum lg_status status = experiment_cell(experiment, i, cell, error);
    *what = (struct store_cell){directory, cell->key, dataset, cell->slug, experiment->epochs};
    return status == LG_OK ? store_look(store, what, found, error) : status;
}

enum lg_status plan_check(const struct experiment *experiment, struct store *store,
                          const char *directory, const char *dataset, struct lg_error *error)
{
    for (size_t i = 0; store != NULL && i < experiment->cell_count; i++) {
        struct cell cell;
        struct store_cell what;
        struct store_found found;
        enum lg_status status =
            look(experiment, i, store, directory, dataset, &cell, &what, &found, error);
        if (status != LG_OK)
            return status;
        if (found.state == STORE_FOREIGN)
            return LG_USAGE; /* *error says how it differs */
    }
    return LG_OK;
}

enum lg_status plan_clear(const struct experiment *experiment, struct store *store,
                          const char *directory, const char *dataset, struct shard shard,
                          struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (size_t i = 0; status == LG_OK && i < experiment->cell_count; i++) {
        const bool is_ours = i % shard.count == shard.index;
        struct cell cell;
        struct store_cell what;
        struct store_found found;
        status = look(experiment, i, store, directory, dataset, &cell, &what, &found, error);
        if (status == LG_OK && found.state != STORE_ABSENT &&
            (is_ours || found.state == STORE_FOREIGN))
            status = store_remove(store, found.id, error);
    }
    return status;
}

/* Whether a cell that says that it is finished is; otherwise it is removed. */
static enum lg_status check_seal(struct store *store, const struct store_cell *cell,
                                 const struct store_found *found, bool *is_kept,
                                 struct lg_error *error)
{
    char why[STORE_WHY_MAX];
    enum lg_status status = store_verify(store, found->id, why, error);
    *is_kept = status == LG_OK && why[0] == '\0';
    if (status != LG_OK || *is_kept)
        return status;
    output_line(stderr, "cell '%s' starts again: %s", cell->slug, why);
    return store_remove(store, found->id, error);
}

/* A finished cell of which more epochs are asked for. */
static enum lg_status count_extension(struct store *store, const struct store_found *found,
                                      struct plan *plan, struct lg_error *error)
{
    size_t epoch;
    enum lg_status status = store_checkpoint_epoch(store, found->id, &epoch, error);
    plan->extended += epoch == found->epochs;
    plan->retrained += epoch != found->epochs;
    return status;
}

enum lg_status plan_make(const struct experiment *experiment, struct store *store,
                         const char *directory, const char *dataset, struct shard shard,
                         struct plan *plan, struct lg_error *error)
{
    *plan = (struct plan){.train = calloc(experiment->cell_count, sizeof(size_t))};
    if (plan->train == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells",
                       experiment->cell_count);
    for (size_t i = shard.index; i < experiment->cell_count; i += shard.count) {
        struct cell cell;
        struct store_cell what;
        struct store_found found;
        bool is_kept = false;
        enum lg_status status =
            look(experiment, i, store, directory, dataset, &cell, &what, &found, error);
        if (status == LG_OK && found.state != STORE_ABSENT && found.state != STORE_PART)
            status = check_seal(store, &what, &found, &is_kept, error);
        if (status == LG_OK && is_kept && found.state == STORE_SHORT) {
            is_kept = false;
            status = count_extension(store, &found, plan, error);
        }
        if (status != LG_OK) {
            plan_free(plan);
            return status;
        }
        plan->selected++;
        if (is_kept)
            plan->kept++;
        else
            plan->train[plan->train_count++] = i;
    }
    return LG_OK;
}

void plan_free(struct plan *plan)
{
    free(plan->train);
    *plan = (struct plan){0};
}
