/* The arms of an experiment, and an experiment made of some of them. */
#include <stdlib.h>
#include <string.h>

#include "harness/spec/experiment.h"
#include "harness/spec/grid.h"
#include "harness/spec/label.h"

void experiment_arm_cell(const struct experiment *experiment, size_t arm, size_t seed,
                         struct cell *cell)
{
    *cell = experiment->cells[experiment->arm_starts[arm] + seed];
}

void experiment_arm(const struct experiment *experiment, size_t arm, struct cell *cell)
{
    experiment_arm_cell(experiment, arm, 0, cell);
}

size_t experiment_seed_count(const struct experiment *experiment, size_t arm)
{
    return experiment->arm_starts[arm + 1] - experiment->arm_starts[arm];
}

bool experiment_index_arms(struct experiment *experiment)
{
    free(experiment->arm_starts);
    experiment->arm_count = 0;
    experiment->arm_starts = calloc(experiment->cell_count + 1, sizeof *experiment->arm_starts);
    if (experiment->arm_starts == NULL)
        return false;
    for (size_t i = 0; i < experiment->cell_count; i++)
        if (i == 0 || experiment->cells[i].arm != experiment->cells[i - 1].arm)
            experiment->arm_starts[experiment->arm_count++] = i;
    experiment->arm_starts[experiment->arm_count] = experiment->cell_count;
    return true;
}

bool experiment_key(const struct experiment *experiment, struct cell *cell)
{
    char *text = experiment_canonical(experiment, cell);
    if (text == NULL)
        return false;
    lg_digest_bytes(text, strlen(text), cell->key);
    free(text);
    return true;
}

bool experiment_id(const struct experiment *experiment, const struct cell *cell,
                   char id[EXPERIMENT_ID_BYTES + 1])
{
    char hex[LG_DIGEST_HEX];
    char *text = experiment_configuration(experiment, cell);
    if (text == NULL)
        return false;
    lg_digest_bytes(text, strlen(text), hex);
    memcpy(id, hex, EXPERIMENT_ID_BYTES);
    id[EXPERIMENT_ID_BYTES] = '\0';
    free(text);
    return true;
}

/* The cells of an arm, from its own seeds or from others. */
static bool copy_arm(const struct experiment *experiment, size_t arm, size_t number,
                     const struct seeds *seeds, struct cell *cells)
{
    const size_t count = seeds != NULL ? seeds->count : experiment_seed_count(experiment, arm);
    for (size_t i = 0; i < count; i++) {
        struct cell *cell = &cells[i];
        experiment_arm_cell(experiment, arm, seeds != NULL ? 0 : i, cell);
        cell->arm = number;
        if (seeds != NULL)
            cell->seed = seeds->values[i];
        slug_make(cell->label, cell->seed, cell->slug);
        if (!experiment_key(experiment, cell))
            return false;
    }
    return true;
}

enum lg_status experiment_select(struct experiment *experiment, const size_t *arms, size_t count,
                                 const struct seeds *seeds, struct lg_error *error)
{
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++)
        total += seeds != NULL ? seeds->count : experiment_seed_count(experiment, arms[i]);
    struct cell *cells = calloc(total, sizeof *cells);
    bool is_done = cells != NULL;
    for (size_t i = 0; is_done && i < count; i++) {
        is_done = copy_arm(experiment, arms[i], i, seeds, cells + at);
        at += seeds != NULL ? seeds->count : experiment_seed_count(experiment, arms[i]);
    }
    if (is_done) {
        free(experiment->cells);
        experiment->cells = cells;
        experiment->cell_count = total;
        is_done = experiment_index_arms(experiment);
    } else {
        free(cells);
    }
    return is_done ? LG_OK
                   : lg_fail(error, LG_ENVIRONMENT, "not enough memory for %zu cells", total);
}
