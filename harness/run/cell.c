#include "harness/run/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dataset/data.h"
#include "harness/dataset/pair_sampler.h"
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
    struct lg_arena arena;
    struct lg_net *net;
    uint32_t *order;                             /* (samples), in the arena; NULL: file order */
    uint8_t *pixels;                             /* (outputs), in the arena: the captured output */
    struct pair_sampler train, validation, test; /* in the arena */
    struct columns_measured measured;
    size_t batch;
    void *saved; /* the engine's checkpoint; owned */
    size_t samples, chunk, capture;
    uint64_t saved_ns;                /* when the last one was taken, or training began */
    struct text image;                /* of the epoch, as a PNG */
    struct csv trace, timing, values; /* rows of the epoch */
};

size_t cell_image_sample(const struct experiment *experiment, const struct lg_dataset *dataset)
{
    const size_t used = data_samples(experiment, dataset);
    return (experiment->image_sample < used ? experiment->image_sample : used) - 1;
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
    pair_sampler_place(&training->validation, arena, task, context->dataset->validation.count);
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
    pair_sampler_sort(&training->validation, &training->context->dataset->validation);
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

static bool tell(const struct training *training, const struct cell_report *report)
{
    return training->observer->report(training->observer->state, report);
}

/* Take the state from a checkpoint. The weights' digest shows a state that another version of
 * the engine laid out otherwise. */
static bool restore(const struct training *training, const struct store_checkpoint *checkpoint)
{
    const struct lg_backend *backend = training->context->backend;
    char sha256[LG_DIGEST_HEX] = "";
    if (checkpoint->size != backend->checkpoint_bytes(training->net))
        return false;
    backend->restore(training->net, checkpoint->bytes);
    backend->weights_digest(training->net, sha256);
    return strcmp(sha256, checkpoint->weights_sha256) == 0;
}

/* Freshly drawn weights. */
static void initialise(const struct training *training)
{
    const struct experiment *experiment = training->context->experiment;
    const struct lg_initialisation how = {
        .method = training->cell->setup->initialisation.index,
        .rng = experiment->rng,
        .seed = training->cell->seed,
        .draw = training->cell->draw,
        .options = training->cell->setup->initialisation.options,
    };
    training->context->backend->initialise(training->net, &how);
}

/* Go on from the checkpoint, or begin; *done receives the epochs there. */
static enum lg_status begin(struct training *training, const struct store_checkpoint *checkpoint,
                            size_t *done, struct lg_error *error)
{
    struct cell_report report = {.event = CELL_STARTED};
    *done = 0;
    training->saved_ns = clock_wall_ns();
    if (checkpoint->epoch > 0 && restore(training, checkpoint))
        *done = checkpoint->epoch;
    else if (checkpoint->epoch > 0)
        snprintf(report.note, sizeof report.note,
                 "its checkpoint does not restore the weights it had");
    if (*done == 0)
        initialise(training);
    report.epoch = *done;
    return tell(training, &report) ? LG_OK : lg_fail(error, LG_INTERRUPTED, "interrupted");
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
            go_on = tell(training, &report);
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

/* Measure all of a part that is not trained on, the same pairs each time. */
static enum lg_status measure(struct training *training, const struct lg_images *images,
                              struct pair_sampler *pairs, struct epoch_record *record,
                              struct lg_sums *sums, struct lg_error *error)
{
    const struct cell_report report = {
        .event = CELL_TRAINED, .epoch = record->epoch, .loss = record->train_loss};
    pair_sampler_draw(pairs, images, NULL, training->cell->seed, 0);
    for (size_t first = 0; first < images->count; first += training->chunk) {
        size_t left = images->count - first;
        const struct lg_pass pass = {
            .images = images,
            .first = first,
            .count = left < training->chunk ? left : training->chunk,
            .capture = SIZE_MAX,
            .paired = {pairs->lists[0], pairs->lists[1]},
        };
        uint64_t wall = clock_wall_ns();
        training->context->backend->evaluate(training->net, &pass, sums);
        record->evaluation_wall_ns += clock_wall_ns() - wall;
        if (!tell(training, &report))
            return lg_fail(error, LG_INTERRUPTED, "interrupted");
    }
    return LG_OK;
}

static enum lg_status validate(struct training *training, struct epoch_record *record,
                               struct lg_error *error)
{
    struct lg_sums sums = {0};
    enum lg_status status = measure(training, &training->context->dataset->validation,
                                    &training->validation, record, &sums, error);
    record->validated = status == LG_OK;
    if (status == LG_OK)
        means(training, &sums, &record->validation_loss, record->validation_metrics);
    return status;
}

static enum lg_status test(struct training *training, struct epoch_record *record,
                           struct lg_error *error)
{
    struct lg_sums sums = {0};
    enum lg_status status =
        measure(training, &training->context->dataset->test, &training->test, record, &sums, error);
    record->tested = status == LG_OK;
    if (status == LG_OK)
        means(training, &sums, &record->test_loss, record->test_metrics);
    return status;
}

/* What the spec says is measured after an epoch. */
static enum lg_status evaluate(struct training *training, struct epoch_record *record, bool is_last,
                               struct lg_error *error)
{
    const struct experiment *experiment = training->context->experiment;
    const enum evaluate when = experiment->evaluate;
    enum lg_status status = LG_OK;
    if (experiment->validation.samples > 0)
        status = validate(training, record, error);
    if (status == LG_OK && (when == EVALUATE_TEST || (when == EVALUATE_END && is_last)))
        status = test(training, record, error);
    return status;
}

/* The captured output as an image, and the digests of the row. */
static enum lg_status keep_image(struct training *training, struct epoch_record *record,
                                 struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    const struct lg_images *images = &training->context->dataset->train;
    backend->weights_digest(training->net, record->weights_sha256);
    backend->state_digest(training->net, record->state_sha256);
    if (!training->cell->has_images)
        return LG_OK;
    backend->captured_bytes(training->net, training->pixels);
    lg_digest_bytes(training->pixels, images->rows * images->columns, record->image_sha256);
    return image_encode("an image", training->pixels, images->rows, images->columns,
                        &training->image, error);
}

/* The parameters, where they are few. */
static void keep_parameters(struct training *training)
{
    const struct lg_backend *backend = training->context->backend;
    double values[PARAMETERS_MOST];
    if (backend->parameter_count(training->net) > PARAMETERS_MOST)
        return;
    backend->parameters(training->net, values);
    const struct lg_net_config config =
        experiment_net_config(training->context->experiment, training->cell);
    parameters_rows(&training->values, training->cell->slug, backend, &config, values);
}

static struct store_bytes bytes_of(const struct text *text)
{
    return (struct store_bytes){text->bytes, text->size};
}

/* The engine's state, unless one was taken a moment ago or training ends here. */
static struct store_bytes save(struct training *training, bool is_last)
{
    const struct lg_backend *backend = training->context->backend;
    const uint64_t now = clock_wall_ns();
    if (is_last || now - training->saved_ns < CELL_CHECKPOINT_MS * 1000000ull)
        return (struct store_bytes){NULL, 0};
    training->saved_ns = now;
    backend->save(training->net, training->saved);
    return (struct store_bytes){training->saved, backend->checkpoint_bytes(training->net)};
}

/* Hand over what the epoch left. */
static enum lg_status hand_over(struct training *training, const struct epoch_record *record,
                                bool is_last, struct lg_error *error)
{
    columns_row(&training->trace, COLUMNS_TRACE, &training->measured, record);
    columns_row(&training->timing, COLUMNS_TIMING, &training->measured, record);
    enum lg_status status = csv_check(&training->trace, error);
    if (status == LG_OK)
        status = csv_check(&training->timing, error);
    if (status == LG_OK)
        status = csv_check(&training->values, error);
    if (status != LG_OK)
        return status;
    struct store_epoch epoch = {
        .epoch = record->epoch,
        .trace = bytes_of(&training->trace.text),
        .timing = bytes_of(&training->timing.text),
        .image = bytes_of(&training->image),
        .parameters = bytes_of(&training->values.text),
        .state = save(training, is_last),
    };
    memcpy(epoch.weights_sha256, record->weights_sha256, LG_DIGEST_HEX);
    if (!training->observer->keep(training->observer->state, &epoch))
        return lg_fail(error, LG_INTERRUPTED, "interrupted");
    return LG_OK;
}

static void forget_epoch(struct training *training)
{
    text_free(&training->image);
    text_free(&training->trace.text);
    text_free(&training->timing.text);
    text_free(&training->values.text);
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
        .machine = context->machine,
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
    enum lg_status status = train_epoch(training, &record, error);
    if (status != LG_OK)
        return status;
    *sound = record.trained;
    const bool is_last = !record.trained || epoch == training->context->experiment->epochs;
    if (record.trained)
        status = keep_image(training, &record, error);
    if (status == LG_OK && record.trained && is_last)
        keep_parameters(training);
    if (status == LG_OK && record.trained)
        status = evaluate(training, &record, is_last, error);
    if (record.steps > 0) {
        record.wall_ns_per_step = (double)record.wall_ns / (double)record.steps;
        record.cpu_ns_per_step = (double)record.cpu_ns / (double)record.steps;
    }
    if (status == LG_OK)
        status = hand_over(training, &record, is_last, error);
    forget_epoch(training);
    if (status != LG_OK)
        return status;
    const struct cell_report report = {
        .event = CELL_EPOCH, .epoch = epoch, .loss = record.train_loss};
    bool go_on = record.trained ? tell(training, &report) : report_divergence(training, epoch);
    /* What is finished is finished. */
    return go_on || is_last ? LG_OK : lg_fail(error, LG_INTERRUPTED, "interrupted");
}

enum lg_status cell_train(const struct cell_context *context, const struct cell *cell,
                          const struct store_checkpoint *checkpoint,
                          const struct cell_observer *observer, struct cell_ending *ending,
                          struct lg_error *error)
{
    struct training training = {
        .context = context,
        .cell = cell,
        .observer = observer,
        .samples = data_samples(context->experiment, context->dataset),
        .capture = cell_image_sample(context->experiment, context->dataset),
        .measured = columns_measured(context->experiment),
    };
    size_t done = 0;
    bool sound = true;
    enum lg_status status = create(&training, error);
    if (status == LG_OK)
        status = begin(&training, checkpoint, &done, error);
    for (size_t epoch = done + 1; status == LG_OK && sound && epoch <= context->experiment->epochs;
         epoch++) {
        status = run_epoch(&training, epoch, &sound, error);
        done = epoch;
    }
    *ending = (struct cell_ending){done, !sound};
    free(training.saved);
    lg_arena_destroy(&training.arena);
    return status;
}
