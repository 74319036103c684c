#include "harness/run/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dataset/data.h"
#include "harness/dataset/pair_sampler.h"
#include "harness/store/cell_folder.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/parameters.h"
#include "harness/support/clock.h"
#include "harness/support/image.h"
#include "lossgrid/order.h"

/* Samples between two looks at the observer, rounded down to whole steps. */
enum { CHUNK_SAMPLES = 1024 };

/* A cell in training. */
struct training {
    const struct cell_context *context;
    const struct cell *cell;
    const struct cell_observer *observer;
    struct cell_folder folder;
    struct lg_arena arena;
    struct lg_net *net;
    uint32_t *order;                 /* (samples), in the arena; NULL: file order */
    uint8_t *pixels;                 /* (outputs), in the arena: the captured output */
    struct pair_sampler train, test; /* in the arena */
    size_t batch;
    void *saved; /* the engine's checkpoint; owned */
    size_t samples, chunk, capture;
};

size_t cell_image_sample(const struct experiment *experiment, const struct lg_dataset *dataset)
{
    const size_t used = data_samples(experiment, dataset);
    return (experiment->image_sample < used ? experiment->image_sample : used) - 1;
}

size_t cell_metric_names(const struct cell_context *context, const char *names[RECORD_METRICS_MAX])
{
    const size_t count = metrics_measured(context->experiment);
    for (size_t i = 0; i < count; i++)
        names[i] = metrics_of(context->experiment, i).name;
    return count;
}

/* ---- Beginning ----------------------------------------------------------- */

/* Take everything the cell needs from the arena; runs twice, see arena.h. */
static void lay_out(struct training *training, const struct lg_net_config *config)
{
    const struct cell_context *context = training->context;
    const struct lg_backend *backend = context->backend;
    struct lg_arena *arena = &training->arena;
    training->net = backend->create(arena, config);
    training->pixels = lg_arena_take(arena, config->layers[config->layer_count - 1].outputs);
    const enum lg_task task = context->experiment->task;
    pair_sampler_place(&training->train, arena, task, training->samples);
    pair_sampler_place(&training->test, arena, task, context->dataset->test.count);
    if (context->experiment->shuffle)
        training->order = lg_arena_take(arena, training->samples * sizeof *training->order);
}

static enum lg_status create(struct training *training, struct lg_error *error)
{
    struct lg_net_config config =
        experiment_net_config(training->context->experiment, training->cell);
    const struct lg_backend *backend = training->context->backend;
    if (backend->optimizer_full_batch(config.optimizer.index))
        config.batch = training->samples;
    training->batch = config.batch;
    config.total_steps = training->context->experiment->epochs *
                         ((training->samples + config.batch - 1) / config.batch);
    lay_out(training, &config);
    size_t size_bytes = training->arena.used_bytes;
    enum lg_status status = lg_arena_create(&training->arena, size_bytes, error);
    if (status != LG_OK)
        return status;
    lay_out(training, &config);
    pair_sampler_sort(&training->train, &training->context->dataset->train);
    pair_sampler_sort(&training->test, &training->context->dataset->test);
    size_t saved_bytes = backend->checkpoint_bytes(training->net);
    training->saved = malloc(saved_bytes > 0 ? saved_bytes : 1);
    if (training->saved == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint of %zu bytes",
                       saved_bytes);
    size_t steps = CHUNK_SAMPLES / config.batch;
    training->chunk = config.batch * (steps > 0 ? steps : 1);
    return LG_OK;
}

static bool notify(const struct training *training, const struct cell_report *report)
{
    return training->observer->report(training->observer->state, report);
}

/* Take the state from a checkpoint whose folder has been checked. The weights' digest
 * reveals a state that another version of the engine laid out otherwise. */
static enum lg_status restore(struct training *training, const struct checkpoint *checkpoint,
                              struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    char sha256[LG_DIGEST_HEX] = "";
    if (checkpoint->size == backend->checkpoint_bytes(training->net)) {
        backend->restore(training->net, checkpoint->bytes);
        backend->weights_digest(training->net, sha256);
    }
    if (strcmp(sha256, checkpoint->weights_sha256) != 0)
        return lg_fail(error, LG_INPUT, "its checkpoint does not restore the weights it had");
    char path[FILES_PATH_MAX];
    enum lg_status status = cell_folder_part(&training->folder, "trace.csv", path, error);
    if (status == LG_OK)
        status = files_cut(path, checkpoint->trace_bytes, error);
    if (status == LG_OK)
        status = cell_folder_part(&training->folder, "timing.csv", path, error);
    return status == LG_OK ? files_cut(path, checkpoint->timing_bytes, error) : status;
}

/* An empty folder and freshly drawn weights. */
static enum lg_status start_again(struct training *training, struct lg_error *error)
{
    const struct experiment *experiment = training->context->experiment;
    const struct lg_initialisation how = {
        .method = experiment->initialisation.index,
        .rng = experiment->rng,
        .seed = training->cell->seed,
        .draw = training->cell->draw,
        .options = experiment->initialisation.options,
    };
    training->context->backend->initialise(training->net, &how);
    const char *metrics[RECORD_METRICS_MAX];
    size_t metric_count = cell_metric_names(training->context, metrics);
    return cell_folder_begin(&training->folder, metrics, metric_count, error);
}

/* Go on from the checkpoint, or start again; *done receives the epochs there. */
static enum lg_status begin(struct training *training, size_t *done, struct lg_error *error)
{
    struct checkpoint checkpoint = {0};
    struct cell_report report = {.event = CELL_STARTED};
    enum cell_state state;
    enum lg_status status = cell_folder_look(&training->folder, &state, error);
    if (status == LG_OK && state == CELL_PART)
        status = cell_folder_checkpoint(&training->folder, &checkpoint, error);
    if (status == LG_OK && checkpoint.epoch > 0)
        status = restore(training, &checkpoint, error);
    *done = checkpoint.epoch;
    checkpoint_free(&checkpoint);
    if (status == LG_INPUT) {
        snprintf(report.note, sizeof report.note, "%.255s", error->message);
        *done = 0;
        status = LG_OK;
    }
    if (status == LG_OK && *done == 0)
        status = start_again(training, error);
    report.epoch = *done;
    if (status == LG_OK && !notify(training, &report))
        status = lg_fail(error, LG_INTERRUPTED, "interrupted");
    return status;
}

/* ---- One epoch ----------------------------------------------------------- */

static void means(const struct training *training, const struct lg_sums *sums, double *loss,
                  double *metrics)
{
    const struct experiment *experiment = training->context->experiment;
    double samples = (double)sums->samples;
    *loss = sums->loss / sums->weight;
    for (size_t i = 0; i < experiment->metric_count; i++)
        metrics[i] = sums->metrics[i] / samples;
    if (experiment->task == LG_TASK_CLASSIFY)
        metrics[experiment->metric_count] = sums->correct / samples;
}

/* Train on the samples of one pass, by the two clocks. Returns whether the
 * network is still sound. */
static bool train_chunk(const struct training *training, const struct lg_pass *pass,
                        struct lg_sums *sums, struct epoch_record *record)
{
    const struct lg_backend *backend = training->context->backend;
    size_t batch = training->batch;
    uint64_t cpu = clock_cpu_ns(), wall = clock_wall_ns();
    size_t steps = backend->train(training->net, pass, sums);
    record->wall_ns += clock_wall_ns() - wall;
    record->cpu_ns += clock_cpu_ns() - cpu;
    record->steps += steps;
    return steps == (pass->count + batch - 1) / batch;
}

static bool report_divergence(const struct training *training, size_t epoch)
{
    uint64_t step = 0;
    struct cell_report report = {.event = CELL_DIVERGED, .epoch = epoch};
    (void)training->context->backend->diverged(training->net, &step);
    snprintf(report.note, sizeof report.note, "diverged in epoch %zu, at step %llu of its training",
             epoch, (unsigned long long)step);
    return notify(training, &report);
}

/* Train on all samples, chunk by chunk. */
static enum lg_status train_epoch(struct training *training, struct epoch_record *record,
                                  struct lg_error *error)
{
    struct lg_sums sums = {0};
    bool sound = true, go_on = true;
    if (training->order != NULL)
        lg_order_shuffle(training->order, training->samples, training->cell->seed, record->epoch);
    pair_sampler_draw(&training->train, &training->context->dataset->train, training->order,
                      training->cell->seed, record->epoch);
    for (size_t first = 0; sound && go_on && first < training->samples; first += training->chunk) {
        size_t left = training->samples - first;
        const struct lg_pass pass = {
            .images = &training->context->dataset->train,
            .order = training->order,
            .first = first,
            .count = left < training->chunk ? left : training->chunk,
            .capture = training->capture,
            .paired = {training->train.lists[0], training->train.lists[1]},
        };
        sound = train_chunk(training, &pass, &sums, record);
        const struct cell_report report = {
            .event = CELL_TRAINED,
            .epoch = record->epoch,
            .samples = pass.count,
            .loss = sums.weight > 0 ? sums.loss / sums.weight : 0.0,
        };
        if (sound)
            go_on = notify(training, &report);
    }
    if (!go_on)
        return lg_fail(error, LG_INTERRUPTED, "interrupted");
    sound = sound && training->context->backend->state_is_finite(training->net);
    record->samples = sums.samples;
    record->trained = sound;
    record->status = sound ? "ok" : "diverged";
    if (sound)
        means(training, &sums, &record->train_loss, record->train_metrics);
    return LG_OK;
}

/* Measure the whole test set. */
static enum lg_status evaluate(struct training *training, struct epoch_record *record,
                               struct lg_error *error)
{
    const struct lg_images *images = &training->context->dataset->test;
    const struct cell_report report = {
        .event = CELL_TRAINED, .epoch = record->epoch, .loss = record->train_loss};
    struct lg_sums sums = {0};
    /* The same after every epoch. */
    pair_sampler_draw(&training->test, images, NULL, training->cell->seed, 0);
    for (size_t first = 0; first < images->count; first += training->chunk) {
        size_t left = images->count - first;
        const struct lg_pass pass = {
            .images = images,
            .first = first,
            .count = left < training->chunk ? left : training->chunk,
            .capture = SIZE_MAX,
            .paired = {training->test.lists[0], training->test.lists[1]},
        };
        uint64_t wall = clock_wall_ns();
        training->context->backend->evaluate(training->net, &pass, &sums);
        record->evaluation_wall_ns += clock_wall_ns() - wall;
        if (!notify(training, &report))
            return lg_fail(error, LG_INTERRUPTED, "interrupted");
    }
    record->tested = true;
    means(training, &sums, &record->test_loss, record->test_metrics);
    return LG_OK;
}

/* The captured output as an image, and the digests of the row. */
static enum lg_status keep_image(struct training *training, struct epoch_record *record,
                                 struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    const struct lg_images *images = &training->context->dataset->train;
    char file[32], path[FILES_PATH_MAX];
    backend->weights_digest(training->net, record->weights_sha256);
    backend->state_digest(training->net, record->state_sha256);
    if (!training->cell->has_images)
        return LG_OK;
    backend->captured_bytes(training->net, training->pixels);
    lg_digest_bytes(training->pixels, images->rows * images->columns, record->image_sha256);
    cell_folder_image(file, record->epoch);
    enum lg_status status = cell_folder_part(&training->folder, file, path, error);
    return status == LG_OK
               ? image_write(path, training->pixels, images->rows, images->columns, error)
               : status;
}

static enum lg_status keep_checkpoint(struct training *training, const struct epoch_record *record,
                                      size_t trace_bytes, size_t timing_bytes,
                                      struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    struct checkpoint checkpoint = {
        .epoch = record->epoch,
        .trace_bytes = trace_bytes,
        .timing_bytes = timing_bytes,
        .bytes = training->saved,
        .size = backend->checkpoint_bytes(training->net),
    };
    char path[FILES_PATH_MAX];
    struct text trace = {0};
    backend->save(training->net, training->saved);
    memcpy(checkpoint.key, training->cell->key, LG_DIGEST_HEX);
    memcpy(checkpoint.weights_sha256, record->weights_sha256, LG_DIGEST_HEX);
    enum lg_status status = cell_folder_part(&training->folder, "trace.csv", path, error);
    if (status == LG_OK)
        status = files_read(path, &trace, error);
    if (status == LG_OK) {
        lg_digest_bytes(trace.bytes, trace.size, checkpoint.trace_sha256);
        status = cell_folder_part(&training->folder, "checkpoint.bin", path, error);
    }
    text_free(&trace);
    return status == LG_OK ? checkpoint_write(path, &checkpoint, error) : status;
}

/* The parameters, where they are few. */
static enum lg_status keep_parameters(struct training *training, struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    double values[PARAMETERS_MOST];
    char path[FILES_PATH_MAX];
    if (backend->parameter_count(training->net) > PARAMETERS_MOST)
        return LG_OK;
    backend->parameters(training->net, values);
    const struct lg_net_config config =
        experiment_net_config(training->context->experiment, training->cell);
    enum lg_status status = cell_folder_part(&training->folder, "parameters.csv", path, error);
    return status == LG_OK ? parameters_write(path, backend, &config, values, error) : status;
}

static struct epoch_record blank_record(const struct training *training, size_t epoch)
{
    const struct cell_context *context = training->context;
    return (struct epoch_record){
        .cell = training->cell->slug,
        .loss = context->backend->loss(training->cell->loss.index)->name,
        .optimizer = context->backend->optimizer(training->cell->optimizer.index)->name,
        .label = training->cell->label,
        .dataset = context->dataset->info->name,
        .seed = training->cell->seed,
        .epoch = epoch,
        .metric_count = metrics_measured(context->experiment),
        .precision = lg_precision_name(context->backend->precision),
        .isa = context->backend->isa,
        .jobs = context->jobs,
    };
}

/* One epoch and all it leaves; *sound is false when it diverged. */
static enum lg_status run_epoch(struct training *training, size_t epoch, bool *sound,
                                struct lg_error *error)
{
    struct epoch_record record = blank_record(training, epoch);
    size_t trace_bytes, timing_bytes;
    enum lg_status status = train_epoch(training, &record, error);
    if (status != LG_OK)
        return status;
    *sound = record.trained;
    if (record.trained)
        status = keep_image(training, &record, error);
    if (status == LG_OK && record.trained && epoch == training->context->experiment->epochs)
        status = keep_parameters(training, error);
    if (status == LG_OK && record.trained && training->context->experiment->evaluate_test)
        status = evaluate(training, &record, error);
    if (record.steps > 0) {
        record.wall_ns_per_step = (double)record.wall_ns / (double)record.steps;
        record.cpu_ns_per_step = (double)record.cpu_ns / (double)record.steps;
    }
    if (status == LG_OK)
        status = cell_folder_append(&training->folder, &record, &trace_bytes, &timing_bytes, error);
    if (status == LG_OK && record.trained)
        status = keep_checkpoint(training, &record, trace_bytes, timing_bytes, error);
    if (status != LG_OK)
        return status;
    const struct cell_report report = {
        .event = CELL_EPOCH, .epoch = epoch, .loss = record.train_loss};
    bool go_on = record.trained ? notify(training, &report) : report_divergence(training, epoch);
    /* A stop after the last epoch is too late to matter: only the renaming is left. */
    bool last = !record.trained || epoch == training->context->experiment->epochs;
    return go_on || last ? LG_OK : lg_fail(error, LG_INTERRUPTED, "interrupted");
}

enum lg_status cell_train(const struct cell_context *context, const struct cell *cell,
                          const struct cell_observer *observer, struct lg_error *error)
{
    struct training training = {
        .context = context,
        .cell = cell,
        .observer = observer,
        .folder = {context->directory, cell, context->dataset->info->name},
        .samples = data_samples(context->experiment, context->dataset),
        .capture = cell_image_sample(context->experiment, context->dataset),
    };
    size_t done = 0;
    bool sound = true;
    enum lg_status status = create(&training, error);
    if (status == LG_OK)
        status = begin(&training, &done, error);
    for (size_t epoch = done + 1; status == LG_OK && sound && epoch <= context->experiment->epochs;
         epoch++)
        status = run_epoch(&training, epoch, &sound, error);
    if (status == LG_OK)
        status = cell_folder_finish(&training.folder, error);
    free(training.saved);
    lg_arena_destroy(&training.arena);
    return status;
}
