#include "harness/gradcheck/trials.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/check.h"
#include "harness/gradcheck/network_subject.h"
#include "harness/spec/registry.h"

static const char NONE[] = "none";

/* ---- A random network ---------------------------------------------------- */

static size_t between(struct lg_pcg *pcg, size_t least, size_t most)
{
    return least + lg_pcg_below(pcg, (uint32_t)(most - least + 1));
}

static enum lg_status draw_network(const struct lg_backend *backend, uint64_t seed,
                                   struct network_request *request, struct lg_error *error)
{
    static const char *const activations[] = {"tanh", "sigmoid", "softplus", "relu", "gelu"};
    static const char *const losses[] = {"mse", "cross_entropy", "smooth_l1", "soft_margin",
                                         "log_cosh"};
    struct lg_pcg pcg = lg_pcg_seed(seed, 4);
    *request = (struct network_request){.kind = "trial", .name = "", .options = "", .seed = seed};
    struct lg_net_config *config = &request->config;
    config->inputs = between(&pcg, 4, 12);
    config->batch = between(&pcg, 2, 4);
    config->layer_count = between(&pcg, 2, 3);
    config->task = LG_TASK_CLASSIFY;
    config->classes = between(&pcg, 3, 6);
    enum lg_status status = registry_choose("loss", backend->loss_count, backend->loss,
                                            losses[lg_pcg_below(&pcg, 5)], &config->loss, error);
    for (size_t l = 0; l < config->layer_count && status == LG_OK; l++) {
        const bool last = l + 1 == config->layer_count;
        config->layers[l].outputs = last ? config->classes : between(&pcg, 4, 10);
        status = registry_choose("activation", backend->activation_count, backend->activation,
                                 last ? "identity" : activations[lg_pcg_below(&pcg, 5)],
                                 &config->layers[l].activation, error);
    }
    struct lg_choice method = {.index = 0};
    if (status == LG_OK)
        status = registry_choose("initialisation", backend->initialisation_count,
                                 backend->initialisation, "xavier_uniform", &method, error);
    request->how = (struct lg_initialisation){
        .method = method.index, .seed = seed, .draw = 1, .options = method.options};
    return status;
}

/* ---- One trial ----------------------------------------------------------- */

struct trial {
    struct subject subject;
    struct check check;
    double *right, *wrong;
};

/* Count a refused gradient, and one refused in the right block or entry alone. */
static void judge(struct trial *trial, const struct fault_place *place, struct trials_row *row)
{
    bool detected = false, named_right = true;
    for (size_t b = 0; b < trial->subject.block_count; b++) {
        struct judgement judgement;
        check_judge(&trial->check, b, trial->wrong, &judgement);
        if (judgement.verdict != OUTCOME_FAIL)
            continue;
        detected = true;
        named_right = named_right && (place->block == SIZE_MAX || place->block == b) &&
                      (place->entry == SIZE_MAX || place->entry == judgement.wrong);
    }
    row->trials++;
    row->detected += detected;
    row->named += detected && named_right;
}

static void try_faults(struct trial *trial, struct lg_pcg *pcg,
                       struct trials_row rows[TRIALS_ROWS_MAX])
{
    struct fault_place place;
    size_t row = 0;
    for (; row < fault_count(); row++)
        if (faults[row].apply(&trial->subject, pcg, trial->right, trial->wrong, &place))
            judge(trial, &place, &rows[row]);
    memcpy(trial->wrong, trial->right, trial->subject.size * sizeof(double));
    place = (struct fault_place){SIZE_MAX, SIZE_MAX};
    judge(trial, &place, &rows[row++]);
    for (int size = 0; size < TRIALS_SIZES; size++, row++)
        if (fault_inject_entry(&trial->subject, pcg, trial->right, rows[row].size, trial->wrong,
                               &place))
            judge(trial, &place, &rows[row]);
}

static enum lg_status try_network(const struct copies *copies, uint64_t seed,
                                  struct trials_row rows[TRIALS_ROWS_MAX], struct lg_error *error)
{
    struct network_request request;
    const bool whole = seed % 2 == 0;
    const struct check_plan plan = {
        .whole = whole ? 1000 : 0, .entries = 1, .directions = 2, .steps = 14, .seed = seed};
    struct trial trial = {.right = NULL};
    enum lg_status status = draw_network(copies->backend[COPY_F64], seed, &request, error);
    if (status == LG_OK)
        status = network_subject(copies, &request, &trial.subject, error);
    if (status != LG_OK)
        return status;
    const size_t size = trial.subject.size;
    trial.right = malloc(size * sizeof *trial.right);
    trial.wrong = malloc(size * sizeof *trial.wrong);
    if (trial.right == NULL || trial.wrong == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory for a trial");
    if (status == LG_OK)
        status = check_measure(&trial.subject, &plan, &trial.check, error);
    if (status == LG_OK) {
        struct lg_pcg pcg = lg_pcg_seed(seed, 5);
        trial.subject.gradient(&trial.subject, COPY_F64, trial.subject.point, 0, trial.right);
        try_faults(&trial, &pcg, rows);
    }
    free(trial.right);
    free(trial.wrong);
    check_free(&trial.check);
    subject_free(&trial.subject);
    return status;
}

/* ---- All ----------------------------------------------------------------- */

size_t trials_rows(struct trials_row rows[TRIALS_ROWS_MAX])
{
    size_t count = 0;
    double size = 1;
    for (; count < fault_count(); count++)
        rows[count] = (struct trials_row){.fault = faults[count].name};
    rows[count++] = (struct trials_row){.fault = NONE};
    for (int i = 0; i < TRIALS_SIZES; i++, size /= 10)
        rows[count++] = (struct trials_row){.fault = "one wrong element", .size = size};
    return count;
}

enum lg_status trials_run(const struct copies *copies, uint64_t seed, size_t first, size_t end,
                          struct trials_row rows[TRIALS_ROWS_MAX], struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (size_t i = first; i < end && status == LG_OK; i++)
        status = try_network(copies, seed + i, rows, error);
    return status;
}

bool trials_row_is_right(const struct trials_row *row)
{
    if (row->size > 0)
        return true;
    return row->detected == (strcmp(row->fault, NONE) == 0 ? 0 : row->trials);
}
