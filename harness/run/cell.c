#include "harness/run/cell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/dataset/data.h"
#include "harness/dataset/pair_sampler.h"
#include "harness/run/evaluation.h"
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
    uint32_t *order;           /* (samples), in the arena; NULL: file order */
    uint8_t *pixels;           /* (outputs), in the arena: the captured output */
    struct pair_sampler train; /* in the arena */
    struct evaluation evaluation;
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
    evaluation_place(&training->evaluation, arena);
    if (context->experiment->shuffle)
        training->order = lg_arena_take(arena, training->samples * sizeof *training->order);
}

/* What the rules by which a cell stops remember goes with the engine's state. */
static size_t stopping_bytes(const struct training *training)
{
    return training->context->experiment->stop_count > 0 ? sizeof(struct stop_memory) : 0;
}

static size_t checkpoint_bytes(const struct training *training)
{
    return training->context->backend->checkpoint_bytes(training->net) + stopping_bytes(training);
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
    evaluation_begin(&training->evaluation);
    size_t saved_bytes = checkpoint_bytes(training);
    training->saved = malloc(saved_bytes > 0 ? saved_bytes : 1);
    if (training->saved == NULL)
        return lg_fail(error, LG_ENVIRONMENT, "not enough memory for a checkpoint of %zu bytes",
                       saved_bytes);
    size_t steps = CHUNK_SAMPLES / config.batch;
    training->chunk = config.batch * (steps > 0 ? steps : 1);
    training->evaluation.net = training->net;
    training->evaluation.chunk = training->chunk;
    training->evaluation.samples = training->samples;
    training->evaluation.steps = (training->samples + config.batch - 1) / config.batch;
    return LG_OK;
}

static bool tell(const struct training *training, const struct cell_report *report)
{
    return training->observer->report(training->observer->state, report);
}

/* Take the state from a checkpoint. The weights' digest shows a state that another version of
 * the engine laid out otherwise. */
static bool restore(struct training *training, const struct store_checkpoint *checkpoint)
{
    const struct lg_backend *backend = training->context->backend;
    char sha256[LG_DIGEST_HEX] = "";
    if (checkpoint->size != checkpoint_bytes(training))
        return false;
    backend->restore(training->net, checkpoint->bytes);
    memcpy(&training->evaluation.stopping,
           (const char *)checkpoint->bytes + backend->checkpoint_bytes(training->net),
           stopping_bytes(training));
    backend->weights_digest(training->net, sha256);
    return strcmp(sha256, checkpoint->weights_sha256) == 0;
}

/* Freshly drawn weights. */
static void initialise(const struct training *training)
{
    const struct experiment *experiment = training->context->experiment;
    const struct lg_initialisation how = {
        .method = training->cell->setup.initialisation.index,
        .rng = experiment->rng,
        .seed = training->cell->seed,
        .draw = training->cell->draw,
        .options = training->cell->setup.initialisation.options,
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
    if (*done == 0) {
        training->evaluation.stopping = (struct stop_memory){0};
        initialise(training);
    }
    report.epoch = *done;
    return tell(training, &report) ? LG_OK : lg_fail(error, LG_INTERRUPTED, "interrupted");
}

/* ---- One epoch ----------------------------------------------------------- */

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

/* Samples of the next pass, of those that are left: until somebody has to look. */
static size_t pass_samples(const struct training *training, const struct epoch_record *record,
                           size_t left)
{
    const size_t steps = evaluation_next(&training->evaluation, record);
    size_t most = left < training->chunk ? left : training->chunk;
    if (steps < training->chunk / training->batch && steps * training->batch < most)
        most = steps * training->batch;
    return most;
}

/* Train on all samples, chunk by chunk, or until a rule says that the cell stops. */
static enum lg_status train_epoch(struct training *training, struct epoch_record *record,
                                  struct lg_error *error)
{
    struct lg_sums sums = {0};
    bool sound = true, go_on = true;
    if (training->order != NULL)
        lg_order_shuffle(training->order, training->samples, training->cell->seed, record->epoch);
    pair_sampler_draw(&training->train, &training->context->dataset->train, training->order,
                      training->cell->seed, record->epoch);
    enum lg_status status = LG_OK;
    for (size_t first = 0; status == LG_OK && sound && go_on && first < training->samples &&
                           !training->evaluation.stops;) {
        const struct lg_pass pass = {
            .images = &training->context->dataset->train,
            .order = training->order,
            .first = first,
            .count = pass_samples(training, record, training->samples - first),
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
        first += pass.count;
        record->samples = sums.samples;
        if (sound)
            go_on = tell(training, &report);
        if (sound && go_on && first < training->samples)
            status = evaluation_within(&training->evaluation, record, error);
    }
    if (status == LG_OK && !go_on)
        status = lg_fail(error, LG_INTERRUPTED, "interrupted");
    if (status != LG_OK)
        return status;
    sound = sound && training->context->backend->state_is_finite(training->net);
    record->trained = sound;
    record->status = sound ? "ok" : "diverged";
    if (sound)
        record->train = evaluation_mean(training->context->experiment, &sums);
    else
        record->validated = record->tested = training->evaluation.stops = false;
    return LG_OK;
}

/* Whether the epoch got to the sample whose output is kept; one that was stopped within may not
 * have. */
static bool has_captured(const struct training *training, const struct epoch_record *record)
{
    if (record->samples == training->samples || training->order == NULL)
        return record->samples > training->capture;
    for (size_t i = 0; i < record->samples; i++)
        if (training->order[i] == training->capture)
            return true;
    return false;
}

/* The captured output as an image, and the digests of the row. */
static enum lg_status keep_image(struct training *training, struct epoch_record *record,
                                 struct lg_error *error)
{
    const struct lg_backend *backend = training->context->backend;
    const struct lg_images *images = &training->context->dataset->train;
    backend->weights_digest(training->net, record->weights_sha256);
    backend->state_digest(training->net, record->state_sha256);
    if (!training->cell->has_images || !has_captured(training, record))
        return LG_OK;
    backend->captured_bytes(training->net, training->pixels);
    lg_digest_bytes(training->pixels, images->rows * images->columns, record->image_sha256);
    if (!training->context->experiment->keep.images)
        return LG_OK;
    return image_encode("an image", training->pixels, images->rows, images->columns,
                        &training->image, error);
}

/* The parameters, where they are few. */
static void keep_parameters(struct training *training)
{
    const struct lg_backend *backend = training->context->backend;
    double values[PARAMETERS_MOST];
    if (!training->context->experiment->keep.parameters ||
        backend->parameter_count(training->net) > PARAMETERS_MOST)
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

/* Whether the engine's state is kept: where training ends only if the spec says so, else unless
 * one was taken a moment ago. A cell that ends otherwise has no more epochs to come. */
static bool is_saved(const struct training *training, bool is_last, size_t epoch, uint64_t now)
{
    const struct experiment *experiment = training->context->experiment;
    if (is_last)
        return experiment->keep.checkpoints && epoch == experiment->epochs &&
               !training->evaluation.stops;
    return now - training->saved_ns >= CELL_CHECKPOINT_MS * 1000000ull;
}

static struct store_bytes save(struct training *training, const struct epoch_record *record,
                               bool is_last)
{
    const struct lg_backend *backend = training->context->backend;
    const uint64_t now = clock_wall_ns();
    if (!record->trained || !is_saved(training, is_last, record->epoch, now))
        return (struct store_bytes){NULL, 0};
    training->saved_ns = now;
    backend->save(training->net, training->saved);
    memcpy((char *)training->saved + backend->checkpoint_bytes(training->net),
           &training->evaluation.stopping, stopping_bytes(training));
    return (struct store_bytes){training->saved, checkpoint_bytes(training)};
}

/* Hand over what the epoch left. */
static enum lg_status hand_over(struct training *training, const struct epoch_record *record,
                                bool is_last, struct lg_error *error)
{
    const struct columns_measured *measured = &training->evaluation.measured;
    columns_row(&training->trace, COLUMNS_TRACE, measured, record);
    columns_row(&training->timing, COLUMNS_TIMING, measured, record);
    enum lg_status status = csv_check(&training->trace, error);
    if (status == LG_OK)
        status = csv_check(&training->timing, error);
    if (status == LG_OK)
        status = csv_check(&training->values, error);
    if (status == LG_OK)
        status = csv_check(&training->evaluation.rows, error);
    if (status != LG_OK)
        return status;
    struct store_epoch epoch = {
        .epoch = record->epoch,
        .trace = bytes_of(&training->trace.text),
        .timing = bytes_of(&training->timing.text),
        .image = bytes_of(&training->image),
        .parameters = bytes_of(&training->values.text),
        .evaluations = bytes_of(&training->evaluation.rows.text),
        .state = save(training, record, is_last),
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
    text_free(&training->evaluation.rows.text);
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

/* One epoch and all it leaves; *how is STORE_PART when more can follow. */
static enum lg_status run_epoch(struct training *training, size_t epoch, enum store_state *how,
                                struct lg_error *error)
{
    struct epoch_record record = blank_record(training, epoch);
    enum lg_status status = train_epoch(training, &record, error);
    if (status == LG_OK && record.trained)
        status = evaluation_after(&training->evaluation, &record, error);
    if (status != LG_OK)
        return status;
    if (training->evaluation.stops)
        record.status = "stopped";
    *how = !record.trained                                  ? STORE_DIVERGED
           : training->evaluation.stops                     ? STORE_STOPPED
           : epoch == training->context->experiment->epochs ? STORE_DONE
                                                            : STORE_PART;
    const bool is_last = *how != STORE_PART;
    if (record.trained)
        status = keep_image(training, &record, error);
    if (status == LG_OK && record.trained && is_last)
        keep_parameters(training);
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
        .event = CELL_EPOCH, .epoch = epoch, .loss = record.train.loss};
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
        .evaluation = {.context = context,
                       .cell = cell,
                       .observer = observer,
                       .measured = columns_measured(context->experiment)},
    };
    size_t done = 0;
    enum store_state how = STORE_PART;
    enum lg_status status = create(&training, error);
    if (status == LG_OK)
        status = begin(&training, checkpoint, &done, error);
    for (size_t epoch = done + 1;
         status == LG_OK && how == STORE_PART && epoch <= context->experiment->epochs; epoch++) {
        status = run_epoch(&training, epoch, &how, error);
        done = epoch;
    }
    *ending = (struct cell_ending){done, how != STORE_PART ? how : STORE_DONE};
    free(training.saved);
    lg_arena_destroy(&training.arena);
    return status;
}
