#include "harness/run/record.h"

#include <stdlib.h>

#include "harness/dataset/data.h"
#include "harness/run/cell.h"
#include "harness/store/store_run.h"
#include "harness/support/image.h"

static enum lg_status look_at_machine(struct record *record, struct lg_error *error)
{
    machine_look(&record->machine);
    json_t *identity = identity_json(&record->machine);
    enum lg_status status = identity_id(identity, record->machine_id, error);
    if (status == LG_OK)
        record->facts = json_dumps(identity, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(identity);
    if (status == LG_OK && record->facts == NULL)
        status = lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    return status;
}

enum lg_status record_make(const struct study *study, const struct lg_dataset *dataset,
                           struct record *record, struct lg_error *error)
{
    const struct lg_images *train = &dataset->train;
    enum lg_status status = look_at_machine(record, error);
    if (status != LG_OK || study->experiment->task != LG_TASK_RECONSTRUCT)
        return status;
    const size_t sample = cell_image_sample(study->experiment, dataset);
    return image_encode("the input", train->pixels + sample * train->rows * train->columns,
                        train->rows, train->columns, &record->input, error);
}

/* As a JSON list; a text that JSON cannot hold is null in it. */
static char *overrides_text(const struct study *study)
{
    json_t *list = json_array();
    for (size_t i = 0; i < study->override_count; i++) {
        json_t *text = json_string(study->overrides[i]);
        json_array_append_new(list, text != NULL ? text : json_null());
    }
    char *text = list != NULL ? json_dumps(list, JSON_COMPACT) : NULL;
    json_decref(list);
    return text;
}

enum lg_status record_begin(const struct study *study, const struct record *record,
                            const struct plan *plan, size_t jobs, struct store *store,
                            struct lg_error *error)
{
    const struct experiment *experiment = study->experiment;
    char *overrides = overrides_text(study);
    if (overrides == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory");
    const struct store_run run = {
        .path = experiment->path,
        .text = experiment->text,
        .overrides = overrides,
        .dataset = study->located->info->name,
        .input = {record->input.bytes, record->input.size},
        .data_directory = study->located->directory,
        .substituted = study->located->substituted,
        .machine = record->machine_id,
        .facts = plan->train_count > 0 ? record->facts : NULL,
        .isa = study->backend->isa,
        .jobs = jobs,
        .shard = study->shard.index,
        .shards = study->shard.count,
        .cells = experiment->cell_count,
        .selected = plan->selected,
        .epochs = experiment->epochs,
    };
    enum lg_status status = store_begin_run(store, &run, error);
    free(overrides);
    return status;
}

void record_free(struct record *record)
{
    free(record->facts);
    text_free(&record->input);
}
