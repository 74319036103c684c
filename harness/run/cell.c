#include "harness/run/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/data/order.h"
#include "engine/data/partner.h"
#include "harness/record/columns.h"
#include "harness/record/image.h"
#include "harness/run/cell_folder.h"
#include "harness/run/clock.h"

/* Samples between two looks at the observer, rounded down to whole steps. */
enum { CHUNK_SAMPLES = 1024 };

/* The other samples of the pairs or triplets of one part of the data set, in the arena. */
struct partners {
    size_t count; /* samples each; 0: the task compares none */
    struct lg_classes classes;
    uint32_t *lists[LG_LOSS_INPUTS_MAX - 1];
};

/* A cell in training. */
struct training {
    const struct cell_context *context;
    const struct cell *cell;
    const struct cell_observer *observer;
    struct cell_folder folder;
    struct lg_arena arena;
    struct lg_net *net;
    uint32_t *order; /* (samples), in the arena; NULL: file order */
    uint8_t *pixels; /* (outputs), in the arena: the captured output */
    struct partners train, test;
    size_t batch;
    void *saved; /* the engine's checkpoint; owned */
    size_t samples, chunk, capture;
};

size_t cell_samples(const struct experiment *experiment, const struct lg_dataset *dataset)
{
    return experiment->samples > 0 ? experiment->samples : dataset->train.count;
}

size_t cell_metric_names(const struct cell_context *context, const char *names[RECORD_METRICS_MAX])
{
    size_t count = context->experiment->metric_count;
    for (size_t i = 0; i < count; i++)
        names[i] = context->backend->loss(context->experiment->metrics[i])->name;
    if (context->experiment->task == LG_TASK_CLASSIFY)
        names[count++] = "accuracy";
    return count;
}

/* What the partners of a task are to their samples; returns how many there are. */
static size_t partner_kinds(enum lg_task task, enum lg_partner kinds[LG_LOSS_INPUTS_MAX - 1])
{
    kinds[0] = task == LG_TASK_PAIR   ? LG_PARTNER_EITHER
               : task == LG_TASK_RANK ? LG_PARTNER_OTHER
                                      : LG_PARTNER_SAME;
    kinds[1] = LG_PARTNER_OTHER;
    return task == LG_TASK_TRIPLET ? 2 : task == LG_TASK_PAIR || task == LG_TASK_RANK ? 1 : 0;
}

static void place_partners(struct lg_arena *arena, enum lg_task task, size_t count,
                           struct partners *partners)
{
    enum lg_partner kinds[LG_LOSS_INPUTS_MAX - 1];
    const size_t lists = partner_kinds(task, kinds);
    partners->count = lists > 0 ? count : 0;
    if (lists > 0)
        partners->classes.by_class = lg_arena_take(arena, count * sizeof(uint32_t));
    for (size_t i = 0; i < lists; i++)
        partners->lists[i] = lg_arena_take(arena, count * sizeof(uint32_t));
}

/* New partners for the samples in their order. */
static void draw_partners(const struct training *training, const struct partners *partners,
                          const struct lg_images *images, const uint32_t *order, size_t epoch)
{
    enum lg_partner kinds[LG_LOSS_INPUTS_MAX - 1];
    const size_t lists = partner_kinds(training->context->experiment->task, kinds);
    for (size_t i = 0; i < lists; i++)
        lg_partner_draw(partners->lists[i], kinds[i], &partners->classes, images->labels, order,
                        partners->count, training->cell->seed, epoch);
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
    place_partners(arena, task, training->samples, &training->train);
    place_partners(arena, task, context->dataset->test.count, &training->test);
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
    const struct lg_dataset *dataset = training->context->dataset;
    if (training->train.count > 0)
        lg_classes_sort(&training->train.classes, dataset->train.labels, training->train.count);
    if (training->test.count > 0)
        lg_classes_sort(&training->test.classes, dataset->test.labels, training->test.count);
    size_t saved_bytes = backend->checkpoint_bytes(training->net);
    training->saved = malloc(saved_bytes > 0 ? saved_bytes : 1);
    if (training->saved == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint of %zu bytes",
                       saved_bytes);
    size_t steps = CHUNK_SAMPLES / config.batch;
    training->chunk = config.batch * (steps > 0 ? steps : 1);
    return LG_OK;
}

static bool tell(const struct training *training, const struct cell_report *report)
{
    return training->observer->report(training->observer->state, report);
}

/* Take the state from a checkpoint whose folder has been checked. The weights'
 * digest tells a state that another version of the engine laid out otherwise. */
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
static enum lg_status begin_anew(struct training *training, struct lg_error *error)
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

/* Go on from the checkpoint, or begin anew; *done receives the epochs there. */
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
        status = begin_anew(training, error);
    report.epoch = *done;
    if (status == LG_OK && !tell(training, &report))
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
    return tell(training, &report);
}

/* Train on all samples, chunk by chunk. */
static enum lg_status train_epoch(struct training *training, struct epoch_record *record,
                                  struct lg_error *error)
{
    struct lg_sums sums = {0};
    bool sound = true, go_on = true;
    if (training->order != NULL)
        lg_order_shuffle(training->order, training->samples, training->cell->seed, record->epoch);
    draw_partners(training, &training->train, &training->context->dataset->train, training->order,
                  record->epoch);
    for (size_t first = 0; sound && go_on && first < training->samples; first += training->chunk) {
        size_t left = training->samples - first;
        const struct lg_pass pass = {
            .images = &training->context->dataset->train,
            .order = training->order,
            .first = first,
            .count = left < training->chunk ? left : training->chunk,
            .capture = training->capture,
            .partner = {training->train.lists[0], training->train.lists[1]},
        };
        sound = train_chunk(training, &pass, &sums, record);
        const struct cell_report report = {
            .event = CELL_TRAINED,
            .epoch = record->epoch,
            .samples = pass.count,
            .loss = sums.weight > 0 ? sums.loss / sums.weight : 0.0,
        };
        if (sound)
            go_on = tell(training, &report);
    }
    if (!go_on)
        return lg_fail(error, LG_INTERRUPTED, "interrupted");
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
    draw_partners(training, &training->test, images, NULL, 0); /* the same after every epoch */
    for (size_t first = 0; first < images->count; first += training->chunk) {
        size_t left = images->count - first;
        const struct lg_pass pass = {
            .images = images,
            .first = first,
            .count = left < training->chunk ? left : training->chunk,
            .capture = SIZE_MAX,
            .partner = {training->test.lists[0], training->test.lists[1]},
        };
        uint64_t wall = clock_wall_ns();
        training->context->backend->evaluate(training->net, &pass, &sums);
        record->evaluation_wall_ns += clock_wall_ns() - wall;
        if (!tell(training, &report))
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

/* One row of parameters.csv; input SIZE_MAX: a bias. */
static void add_parameter(struct csv *csv, size_t layer, const char *activation, size_t output,
                          size_t input, double value)
{
    csv_integer(csv, layer + 1);
    csv_text(csv, activation);
    csv_integer(csv, output + 1);
    if (input == SIZE_MAX)
        csv_empty(csv);
    else
        csv_integer(csv, input + 1);
    csv_real(csv, value);
    csv_end_row(csv);
}

/* The parameters of a network so small that a reader may want to look at them, at the
 * end of its training: rows of layer, activation, output, input (empty: the bias) and
 * value, counted from 1. */
static enum lg_status keep_parameters(struct training *training, struct lg_error *error)
{
    enum { MOST = 1024 };
    static const char *const names[] = {"layer", "activation", "output", "input", "value"};
    const struct experiment *experiment = training->context->experiment;
    const struct lg_backend *backend = training->context->backend;
    double values[MOST];
    const double *next = values;
    if (backend->parameter_count(training->net) > MOST)
        return LG_OK;
    backend->parameters(training->net, values);
    struct csv csv = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_text(&csv, names[i]);
    csv_end_row(&csv);
    for (size_t l = 0, inputs = experiment->inputs; l < experiment->layer_count; l++) {
        const struct lg_layer_config *layer = &experiment->layers[l];
        const bool last = l + 1 == experiment->layer_count;
        const size_t index = last ? training->cell->activation.index : layer->activation.index;
        const char *activation = backend->activation(index)->name;
        for (size_t o = 0; o < layer->outputs; o++)
            for (size_t i = 0; i < inputs; i++)
                add_parameter(&csv, l, activation, o, i, *next++);
        for (size_t o = 0; o < layer->outputs; o++)
            add_parameter(&csv, l, activation, o, SIZE_MAX, *next++);
        inputs = layer->outputs;
    }
    char path[FILES_PATH_MAX];
    enum lg_status status = cell_folder_part(&training->folder, "parameters.csv", path, error);
    if (status == LG_OK)
        status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
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
        .metric_count =
            context->experiment->metric_count + (context->experiment->task == LG_TASK_CLASSIFY),
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
    bool go_on = record.trained ? tell(training, &report) : report_divergence(training, epoch);
    /* What is finished is finished: after the last row only the renaming is left. */
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
        .samples = cell_samples(context->experiment, context->dataset),
    };
    training.capture = context->experiment->image_sample < training.samples
                           ? context->experiment->image_sample - 1
                           : training.samples - 1;
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
