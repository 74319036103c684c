#include "harness/run/evaluation.h"

#include "harness/spec/stop.h"
#include "harness/store/evaluation_columns.h"
#include "harness/support/clock.h"

struct measurement evaluation_mean(const struct experiment *experiment, const struct lg_sums *sums)
{
    const double samples = (double)sums->samples;
    struct measurement mean = {.loss = sums->loss / sums->weight};
    for (size_t i = 0; i < experiment->metric_count; i++)
        mean.metrics[i] = sums->metrics[i] / samples;
    if (experiment->task == LG_TASK_CLASSIFY)
        mean.metrics[experiment->metric_count] = sums->correct / samples;
    return mean;
}

void evaluation_place(struct evaluation *evaluation, struct lg_arena *arena)
{
    const struct lg_dataset *dataset = evaluation->context->dataset;
    const enum lg_task task = evaluation->context->experiment->task;
    pair_sampler_place(&evaluation->validation, arena, task, dataset->validation.count);
    pair_sampler_place(&evaluation->test, arena, task, dataset->test.count);
}

void evaluation_begin(struct evaluation *evaluation)
{
    const struct lg_dataset *dataset = evaluation->context->dataset;
    pair_sampler_sort(&evaluation->validation, &dataset->validation);
    pair_sampler_sort(&evaluation->test, &dataset->test);
}

/* Steps since the first epoch began. */
static uint64_t step_of(const struct evaluation *evaluation, const struct epoch_record *record)
{
    return (record->epoch - 1) * evaluation->steps + record->steps;
}

size_t evaluation_next(const struct evaluation *evaluation, const struct epoch_record *record)
{
    const size_t every = evaluation->context->experiment->evaluate_every;
    return every > 0 ? every - (size_t)(step_of(evaluation, record) % every) : SIZE_MAX;
}

/* All of a part, the same pairs each time. */
static enum lg_status measure(struct evaluation *evaluation, const struct lg_images *images,
                              struct pair_sampler *pairs, struct epoch_record *record,
                              struct measurement *measurement, struct lg_error *error)
{
    const struct cell_observer *observer = evaluation->observer;
    const struct cell_report report = {
        .event = CELL_TRAINED, .epoch = record->epoch, .loss = record->train.loss};
    struct lg_sums sums = {0};
    pair_sampler_draw(pairs, images, NULL, evaluation->cell->seed, 0);
    for (size_t first = 0; first < images->count; first += evaluation->chunk) {
        const size_t left = images->count - first;
        const struct lg_pass pass = {
            .images = images,
            .first = first,
            .count = left < evaluation->chunk ? left : evaluation->chunk,
            .capture = SIZE_MAX,
            .paired = {pairs->lists[0], pairs->lists[1]},
        };
        const uint64_t wall = clock_wall_ns();
        evaluation->context->backend->evaluate(evaluation->net, &pass, &sums);
        record->evaluation_wall_ns += clock_wall_ns() - wall;
        if (!observer->report(observer->state, &report))
            return lg_fail(error, LG_INTERRUPTED, "interrupted");
    }
    *measurement = evaluation_mean(evaluation->context->experiment, &sums);
    return LG_OK;
}

/* Measure a part, add its row where there is a file of them, and ask the rules. */
static enum lg_status look(struct evaluation *evaluation, enum part part,
                           struct epoch_record *record, struct lg_error *error)
{
    const struct experiment *experiment = evaluation->context->experiment;
    const struct lg_dataset *dataset = evaluation->context->dataset;
    const bool is_validation = part == PART_VALIDATION;
    struct measurement *values = is_validation ? &record->validation : &record->test;
    enum lg_status status =
        measure(evaluation, is_validation ? &dataset->validation : &dataset->test,
                is_validation ? &evaluation->validation : &evaluation->test, record, values, error);
    if (status != LG_OK)
        return status;
    *(is_validation ? &record->validated : &record->tested) = true;
    if (experiment->evaluate_every > 0 && part == evaluated_part(experiment)) {
        const struct evaluation_row row = {
            .of = record,
            .step = step_of(evaluation, record),
            .samples = (record->epoch - 1) * evaluation->samples + record->samples,
            .values = values,
        };
        csv_file_row(&evaluations_csv, &evaluation->measured, &evaluation->rows, &row);
    }
    if (is_validation)
        evaluation->at = step_of(evaluation, record);
    if (stopping_look(&evaluation->stopping, experiment, part, values))
        evaluation->stops = true;
    return LG_OK;
}

enum lg_status evaluation_within(struct evaluation *evaluation, struct epoch_record *record,
                                 struct lg_error *error)
{
    const struct experiment *experiment = evaluation->context->experiment;
    if (experiment->evaluate_every == 0 ||
        step_of(evaluation, record) % experiment->evaluate_every != 0)
        return LG_OK;
    return look(evaluation, evaluated_part(experiment), record, error);
}

enum lg_status evaluation_after(struct evaluation *evaluation, struct epoch_record *record,
                                struct lg_error *error)
{
    const struct experiment *experiment = evaluation->context->experiment;
    const enum evaluate when = experiment->evaluate;
    /* One that stopped within the epoch was measured just now. */
    const bool is_there = record->validated && evaluation->at == step_of(evaluation, record);
    enum lg_status status = LG_OK;
    if (stopping_look(&evaluation->stopping, experiment, PART_TRAIN, &record->train))
        evaluation->stops = true;
    if (experiment->validation.samples > 0 && !is_there)
        status = look(evaluation, PART_VALIDATION, record, error);
    const bool is_last = evaluation->stops || record->epoch == experiment->epochs;
    if (status == LG_OK && (when == EVALUATE_TEST || (when == EVALUATE_END && is_last)))
        status = look(evaluation, PART_TEST, record, error);
    return status;
}
