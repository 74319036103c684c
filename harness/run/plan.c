#include "harness/run/plan.h"

#include <stdlib.h>

#include "harness/store/cell_folder.h"

enum lg_status plan_check(const struct experiment *experiment, const char *directory,
                          const char *dataset, struct lg_error *error)
{
    for (size_t i = 0; i < experiment->cell_count; i++) {
        const struct cell_folder folder = {directory, &experiment->cells[i], dataset};
        enum cell_state state;
        enum lg_status status = cell_folder_look(&folder, &state, error);
        if (status != LG_OK)
            return status;
        if (state == CELL_FOREIGN)
            return LG_USAGE; /* *error says how it differs */
    }
    return LG_OK;
}

enum lg_status plan_clear(const struct experiment *experiment, const char *directory,
                          const char *dataset, struct shard shard, struct lg_error *error)
{
    for (size_t i = 0; i < experiment->cell_count; i++) {
        const struct cell_folder folder = {directory, &experiment->cells[i], dataset};
        enum cell_state state;
        enum lg_status status = cell_folder_look(&folder, &state, error);
        if (status == LG_OK && (state == CELL_FOREIGN || i % shard.count == shard.index))
            status = cell_folder_remove(&folder, error);
        if (status != LG_OK)
            return status;
    }
    return LG_OK;
}

enum lg_status plan_make(const struct experiment *experiment, const char *directory,
                         const char *dataset, struct shard shard, struct plan *plan,
                         struct lg_error *error)
{
    *plan = (struct plan){.train = calloc(experiment->cell_count, sizeof(struct cell *))};
    if (plan->train == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells",
                       experiment->cell_count);
    for (size_t i = shard.index; i < experiment->cell_count; i += shard.count) {
        const struct cell_folder folder = {directory, &experiment->cells[i], dataset};
        enum cell_state state;
        enum lg_status status = cell_folder_look(&folder, &state, error);
        if (status != LG_OK) {
            plan_free(plan);
            return status;
        }
        plan->selected++;
        if (state == CELL_FINISHED)
            plan->kept++;
        else
            plan->train[plan->train_count++] = &experiment->cells[i];
    }
    return LG_OK;
}

void plan_free(struct plan *plan)
{
    free(plan->train);
    *plan = (struct plan){0};
}
