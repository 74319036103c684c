#include "harness/store/reach.h"

#include <stdio.h>
#include <stdlib.h>

#include "harness/spec/stop.h"
#include "harness/store/epoch_columns.h"
#include "harness/store/evaluation_columns.h"

enum { WHY_MAX = STORE_WHY_MAX + 16 };

/* ---- Where the numbers stand ----------------------------------------------- */

static enum lg_status header_of(struct csv *csv, struct csv_table *table, struct lg_error *error)
{
    enum lg_status status = csv_check(csv, error);
    if (status == LG_OK)
        status = csv_parse("a header", csv->text.bytes, csv->text.size, table, error);
    text_free(&csv->text);
    return status;
}

enum lg_status reach_begin(struct reach_finder *finder, const struct experiment *experiment,
                           struct lg_error *error)
{
    const struct columns_measured measured = columns_measured(experiment);
    struct csv texts[3] = {{.in_row = false}};
    struct csv_table tables[3] = {{.rows = 0}};
    enum lg_status status = LG_OK;
    *finder = (struct reach_finder){.experiment = experiment};
    columns_header(&texts[0], COLUMNS_TRACE, &measured);
    columns_header(&texts[1], COLUMNS_TIMING, &measured);
    csv_file_header(&evaluations_csv, &measured, &texts[2]);
    for (size_t i = 0; i < 3; i++)
        if (status == LG_OK)
            status = header_of(&texts[i], &tables[i], error);
        else
            text_free(&texts[i].text);
    for (size_t i = 0; status == LG_OK && i < experiment->target_count; i++) {
        char name[MEASURED_NAME_MAX];
        measured_name(experiment, &experiment->targets[i].of, name);
        finder->in_trace[i] = csv_column(&tables[0], name);
        finder->in_evaluations[i] =
            experiment->evaluate_every > 0 ? csv_column(&tables[2], name) : -1;
    }
    if (status == LG_OK) {
        finder->trace_steps = csv_column(&tables[0], "steps");
        finder->timing_samples = csv_column(&tables[1], "samples");
        finder->epoch = csv_column(&tables[2], "epoch");
        finder->step = csv_column(&tables[2], "step");
        finder->samples = csv_column(&tables[2], "samples");
    }
    for (size_t i = 0; i < 3; i++)
        csv_free(&tables[i]);
    return status;
}

/* ---- Looking --------------------------------------------------------------- */

void reach_cell(struct reach_finder *finder)
{
    for (size_t i = 0; i < TARGETS_MAX; i++)
        finder->found[i] = (struct reach){.is_reached = false};
    finder->steps_done = finder->samples_done = 0;
}

static uint64_t integer(const struct csv_table *table, size_t row, int column)
{
    return strtoull(csv_field(table, row, (size_t)column), NULL, 10);
}

/* Take the number of a row for target i unless it was reached before. */
static void take(struct reach_finder *finder, size_t i, const char *text, const struct reach *at)
{
    const struct target *target = &finder->experiment->targets[i];
    const double value = strtod(text, NULL);
    if (text[0] == '\0' || finder->found[i].is_reached ||
        !measured_is_reached(&target->of, value, target->value))
        return;
    finder->found[i] = *at;
    finder->found[i].is_reached = true;
    finder->found[i].found = value;
}

static enum lg_status take_evaluations(struct reach_finder *finder, struct store_bytes rows,
                                       struct lg_error *error)
{
    struct csv_table table;
    if (rows.size == 0)
        return LG_OK;
    enum lg_status status = csv_parse("evaluations", rows.bytes, rows.size, &table, error);
    if (status != LG_OK)
        return status;
    for (size_t row = 0; row < table.rows; row++) {
        const struct reach at = {.epoch = integer(&table, row, finder->epoch),
                                 .step = integer(&table, row, finder->step),
                                 .samples = integer(&table, row, finder->samples)};
        for (size_t i = 0; i < finder->experiment->target_count; i++)
            if (finder->in_evaluations[i] >= 0)
                take(finder, i, csv_field(&table, row, (size_t)finder->in_evaluations[i]), &at);
    }
    csv_free(&table);
    return LG_OK;
}

enum lg_status reach_epoch(struct reach_finder *finder, const struct store_epoch *epoch,
                           struct lg_error *error)
{
    struct csv_table trace = {.rows = 0}, timing = {.rows = 0};
    enum lg_status status = take_evaluations(finder, epoch->evaluations, error);
    if (status == LG_OK)
        status = csv_parse("a row", epoch->trace.bytes, epoch->trace.size, &trace, error);
    if (status == LG_OK)
        status = csv_parse("a row", epoch->timing.bytes, epoch->timing.size, &timing, error);
    if (status == LG_OK) {
        finder->steps_done += integer(&trace, 0, finder->trace_steps);
        finder->samples_done += integer(&timing, 0, finder->timing_samples);
        const struct reach at = {
            .epoch = epoch->epoch, .step = finder->steps_done, .samples = finder->samples_done};
        for (size_t i = 0; i < finder->experiment->target_count; i++)
            if (finder->in_evaluations[i] < 0)
                take(finder, i, csv_field(&trace, 0, (size_t)finder->in_trace[i]), &at);
    }
    csv_free(&trace);
    csv_free(&timing);
    return status;
}

/* ---- Saying it ------------------------------------------------------------- */

/* Why a target was not reached. */
static void explain(const struct store_found *found, size_t epochs, char why[WHY_MAX])
{
    if (found->state == STORE_DIVERGED || found->state == STORE_STOPPED)
        snprintf(why, WHY_MAX, "%s in epoch %zu",
                 found->state == STORE_DIVERGED ? "diverged" : "stopped", found->epochs);
    else if (found->state == STORE_DONE)
        snprintf(why, WHY_MAX, "not within %zu epoch%s", found->epochs,
                 found->epochs > 1 ? "s" : "");
    else if (found->why[0] != '\0')
        snprintf(why, WHY_MAX, "failed: %s", found->why);
    else
        snprintf(why, WHY_MAX, "unfinished: %zu of %zu epochs", found->epochs, epochs);
}

void reach_rows(const struct reach_finder *finder, const struct cell *cell,
                const struct store_found *found, struct csv *csv)
{
    const struct experiment *experiment = finder->experiment;
    char why[WHY_MAX], name[MEASURED_NAME_MAX];
    explain(found, experiment->epochs, why);
    for (size_t i = 0; i < experiment->target_count; i++) {
        const struct target_row row = {
            .cell = cell,
            .loss = experiment->registries->loss(cell->loss.index)->name,
            .optimizer = experiment->registries->optimizer(cell->optimizer.index)->name,
            .metric = measured_name(experiment, &experiment->targets[i].of, name),
            .value = experiment->targets[i].value,
            .reach = finder->found[i],
            .why = finder->found[i].is_reached ? "" : why,
        };
        csv_file_row(&targets_csv, NULL, csv, &row);
    }
}
