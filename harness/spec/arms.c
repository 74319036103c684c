/* The arms of an experiment, and an experiment made of some of them. */
#include <string.h>

#include "harness/spec/experiment.h"
#include "harness/spec/grid.h"

/* The arm's number in the grid. */
static size_t in_grid(const struct experiment *experiment, size_t arm)
{
    return experiment->selection != NULL ? experiment->selection->arms[arm] : arm;
}

size_t experiment_seed_count(const struct experiment *experiment, size_t arm)
{
    return experiment_seeds(experiment, arm).count;
}

/* ---- A selection ----------------------------------------------------------- */

static enum lg_status check_selection(const struct experiment *experiment, const size_t *arms,
                                      size_t count, const struct seeds *seeds,
                                      struct lg_error *error)
{
    const char *path = experiment->path;
    if (count == 0 || (seeds != NULL && seeds->count == 0))
        return lg_fail_at(error, LG_INPUT, path, 0, 0, "found a selection of no %s",
                          count == 0 ? "arm" : "seed");
    for (size_t i = 0; i < count; i++)
        if (arms[i] >= experiment->arm_count || (i > 0 && arms[i] <= arms[i - 1]))
            return lg_fail_at(error, LG_INPUT, path, 0, 0,
                              "found arm %zu at place %zu of a selection, expected one of %zu, "
                              "each after the last",
                              arms[i], i + 1, experiment->arm_count);
    for (size_t i = 0; seeds != NULL && i < seeds->count; i++)
        for (size_t j = 0; j < i; j++)
            if (seeds->values[i] == seeds->values[j])
                return lg_fail_at(error, LG_INPUT, path, 0, 0, "found a seed twice in a selection");
    return LG_OK;
}

enum lg_status experiment_select(struct experiment *experiment, const size_t *arms, size_t count,
                                 const struct seeds *seeds, struct lg_error *error)
{
    struct pool *pool = &experiment->pool;
    enum lg_status status = check_selection(experiment, arms, count, seeds, error);
    if (status != LG_OK)
        return status;
    struct arm_selection *selection = pool_take(pool, sizeof *selection, error);
    size_t *chosen = pool_take(pool, count * sizeof *chosen, error);
    size_t *starts = pool_take(pool, seeds == NULL ? count * sizeof *starts : 1, error), cells = 0;
    uint64_t *values = pool_take(pool, seeds != NULL ? seeds->count * sizeof *values : 1, error);
    if (selection == NULL || chosen == NULL || starts == NULL || values == NULL)
        return LG_ENVIRONMENT;
    const bool had_seeds = experiment->selection != NULL && experiment->selection->starts == NULL;
    for (size_t i = 0; i < count; i++) {
        chosen[i] = in_grid(experiment, arms[i]);
        if (seeds == NULL)
            starts[i] = cells;
        cells += seeds != NULL ? seeds->count : experiment_seed_count(experiment, arms[i]);
    }
    *selection = (struct arm_selection){.arms = chosen};
    if (seeds != NULL) {
        memcpy(values, seeds->values, seeds->count * sizeof *values);
        selection->seeds = (struct seeds){seeds->count, values};
    } else if (had_seeds) {
        selection->seeds = experiment->selection->seeds;
    } else {
        selection->starts = starts;
    }
    experiment->selection = selection;
    experiment->arm_count = count;
    experiment->cell_count = cells;
    return LG_OK;
}
