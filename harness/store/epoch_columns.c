#include "harness/store/epoch_columns.h"

#include <stdio.h>
#include <string.h>

#define FIELD(member) offsetof(struct epoch_record, member)

/* clang-format off */
static const struct column trace[] = {
    {"cell", "", "the cell's name, unique in the experiment", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(cell), BETTER_NONE, false},
    {"loss", "", "the loss the cell is trained under", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(loss), BETTER_NONE, false},
    {"optimizer", "", "the optimizer that trains it", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(optimizer), BETTER_NONE, false},
    {"label", "", "the cell's name for readers", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(label), BETTER_NONE, false},
    {"seed", "", "the seed of every random draw", COLUMN_KEY, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(seed), BETTER_NONE, false},
    {"epoch", "", "counted from 1", COLUMN_KEY, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(epoch), BETTER_NONE, false},
    {"dataset", "", "the data set used", COLUMN_CONTEXT, FIELD_TEXT, COLUMN_ALWAYS, FIELD(dataset), BETTER_NONE, false},
    {"status", "", "ok; diverged: a number became infinite or NaN and the cell ended here; stopped: a rule of `stop` ended it here", COLUMN_MEASURED, FIELD_TEXT, COLUMN_ALWAYS, FIELD(status), BETTER_NONE, false},
    {"steps", "steps", "training steps done in the epoch", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(steps), BETTER_NONE, false},
    {"train_loss", "loss", "the cell's own loss on the training samples: mean over the epoch, each taken before its update", COLUMN_MEASURED, FIELD_REAL, COLUMN_TRAINED, FIELD(train.loss), BETTER_NONE, true},
    {"train_", "loss", "the same under each metric of the spec; and `accuracy`, the share of samples put into their class, where classes are learnt", COLUMN_MEASURED, FIELD_METRICS, COLUMN_TRAINED, FIELD(train.metrics), BETTER_NONE, false},
    {"validation_loss", "loss", "the cell's own loss on the validation split after the epoch, mean; a column where there is one", COLUMN_MEASURED, FIELD_REAL, COLUMN_VALIDATED, FIELD(validation.loss), BETTER_NONE, true},
    {"validation_", "loss", "the same under each metric of the spec; and `accuracy`, the share of samples put into their class, where classes are learnt", COLUMN_MEASURED, FIELD_METRICS, COLUMN_VALIDATED, FIELD(validation.metrics), BETTER_NONE, false},
    {"test_loss", "loss", "the cell's own loss on the held-out test set after the epoch, mean; empty with `evaluate: none`, and with `end` in all rows but a cell's last", COLUMN_MEASURED, FIELD_REAL, COLUMN_TESTED, FIELD(test.loss), BETTER_NONE, true},
    {"test_", "loss", "the same under each metric of the spec; and `accuracy`, the share of samples put into their class, where classes are learnt", COLUMN_MEASURED, FIELD_METRICS, COLUMN_TESTED, FIELD(test.metrics), BETTER_NONE, false},
    {"image_sha256", "", "of the pixels of the epoch's image, row-major bytes", COLUMN_MEASURED, FIELD_DIGEST, COLUMN_TRAINED, FIELD(image_sha256), BETTER_NONE, false},
    {"weights_sha256", "", "of all parameters after the epoch, little-endian", COLUMN_MEASURED, FIELD_DIGEST, COLUMN_TRAINED, FIELD(weights_sha256), BETTER_NONE, false},
    {"state_sha256", "", "of the optimizer's state after the epoch, little-endian", COLUMN_MEASURED, FIELD_DIGEST, COLUMN_TRAINED, FIELD(state_sha256), BETTER_NONE, false},
};

static const struct column timing[] = {
    {"cell", "", "the cell's name, unique in the experiment", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(cell), BETTER_NONE, false},
    {"loss", "", "the loss the cell is trained under", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(loss), BETTER_NONE, false},
    {"optimizer", "", "the optimizer that trains it", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(optimizer), BETTER_NONE, false},
    {"label", "", "the cell's name for readers", COLUMN_KEY, FIELD_TEXT, COLUMN_ALWAYS, FIELD(label), BETTER_NONE, false},
    {"seed", "", "the seed of every random draw", COLUMN_KEY, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(seed), BETTER_NONE, false},
    {"epoch", "", "counted from 1", COLUMN_KEY, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(epoch), BETTER_NONE, false},
    {"dataset", "", "the data set used", COLUMN_CONTEXT, FIELD_TEXT, COLUMN_ALWAYS, FIELD(dataset), BETTER_NONE, false},
    {"machine", "", "the machine that trained it: its facts are in manifest.json, under `machines`", COLUMN_CONTEXT, FIELD_TEXT, COLUMN_ALWAYS, FIELD(machine), BETTER_NONE, false},
    {"precision", "", "f32 or f64", COLUMN_CONTEXT, FIELD_TEXT, COLUMN_ALWAYS, FIELD(precision), BETTER_NONE, false},
    {"isa", "", "the instruction set of the engine's copy that ran", COLUMN_CONTEXT, FIELD_TEXT, COLUMN_ALWAYS, FIELD(isa), BETTER_NONE, false},
    {"jobs", "processes", "cells trained at the same time", COLUMN_CONTEXT, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(jobs), BETTER_NONE, false},
    {"steps", "steps", "training steps done in the epoch", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(steps), BETTER_NONE, false},
    {"samples", "samples", "training samples of those steps", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(samples), BETTER_NONE, false},
    {"wall_ns", "ns", "time of the training steps by the clock (CLOCK_MONOTONIC)", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(wall_ns), BETTER_LOWER, false},
    {"cpu_ns", "ns", "time of the training steps on the processor (CLOCK_PROCESS_CPUTIME_ID)", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_ALWAYS, FIELD(cpu_ns), BETTER_LOWER, false},
    {"wall_ns_per_step", "ns", "wall_ns / steps", COLUMN_MEASURED, FIELD_REAL, COLUMN_STEPPED, FIELD(wall_ns_per_step), BETTER_LOWER, false},
    {"cpu_ns_per_step", "ns", "cpu_ns / steps", COLUMN_MEASURED, FIELD_REAL, COLUMN_STEPPED, FIELD(cpu_ns_per_step), BETTER_LOWER, false},
    {"evaluation_wall_ns", "ns", "time of measuring the validation split and the test set, by the clock", COLUMN_MEASURED, FIELD_INTEGER, COLUMN_EVALUATED, FIELD(evaluation_wall_ns), BETTER_LOWER, false},
};
/* clang-format on */

const char *columns_file_name(enum column_file file)
{
    return csv_folder_epoch.files[file]->name;
}

const struct column *columns_table(enum column_file file, size_t *count)
{
    *count = file == COLUMNS_TRACE ? sizeof trace / sizeof *trace : sizeof timing / sizeof *timing;
    return file == COLUMNS_TRACE ? trace : timing;
}

const struct column *columns_find_trace(const char *name)
{
    const struct column *by_prefix = NULL;
    size_t count;
    const struct column *columns = columns_table(COLUMNS_TRACE, &count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(columns[i].name, name) == 0)
            return &columns[i];
        if (columns[i].kind == FIELD_METRICS &&
            strncmp(columns[i].name, name, strlen(columns[i].name)) == 0)
            by_prefix = &columns[i];
    }
    return by_prefix;
}

static bool present(const struct column *column, const struct epoch_record *record)
{
    switch (column->presence) {
    case COLUMN_ALWAYS:
        return true;
    case COLUMN_STEPPED:
        return record->steps > 0;
    case COLUMN_TRAINED:
        return record->trained;
    case COLUMN_VALIDATED:
        return record->validated;
    case COLUMN_TESTED:
        return record->tested;
    case COLUMN_EVALUATED:
        return record->validated || record->tested;
    }
    return false;
}

struct columns_measured columns_measured(const struct experiment *experiment)
{
    struct columns_measured measured = {.count = metrics_measured(experiment),
                                        .has_validation = experiment->validation.samples > 0};
    for (size_t i = 0; i < measured.count; i++)
        measured.names[i] = metrics_of(experiment, i).name;
    return measured;
}

static bool has(const struct columns_measured *measured, const struct column *column)
{
    return column->presence != COLUMN_VALIDATED || measured->has_validation;
}

bool columns_has(const struct experiment *experiment, const struct column *column)
{
    const struct columns_measured measured = columns_measured(experiment);
    return has(&measured, column);
}

/* What the columns are of; without an experiment, as in the documentation, any. */
static const struct columns_measured *measured_of(const struct csv_columns *to)
{
    static const struct columns_measured any = {{"<metric>"}, 1, true};
    return to->context != NULL ? to->context : &any;
}

static void add_metrics(struct csv_columns *to, const struct column *column,
                        const struct epoch_record *record)
{
    const struct columns_measured *metrics = measured_of(to);
    const bool is_there = record != NULL && present(column, record);
    const double *values =
        is_there ? (const double *)((const char *)record + column->offset) : NULL;
    for (size_t i = 0; i < metrics->count; i++) {
        char name[COLUMN_NAME_MAX];
        snprintf(name, sizeof name, "%s%s", column->name, metrics->names[i]);
        csv_column_real_if(to, name, column->unit, column->meaning, is_there,
                           is_there ? values[i] : 0);
    }
}

static void add_column(struct csv_columns *to, const struct column *column,
                       const struct epoch_record *record)
{
    static const struct epoch_record nothing;
    const bool is_there = record != NULL && present(column, record);
    const void *field = (const char *)(is_there ? record : &nothing) + column->offset;
    switch (column->kind) {
    case FIELD_TEXT:
        csv_column_text(to, column->name, column->meaning, NULL, *(const char *const *)field);
        break;
    case FIELD_DIGEST:
        csv_column_text(to, column->name, column->meaning, NULL, field);
        break;
    case FIELD_INTEGER:
        if (column->presence == COLUMN_ALWAYS)
            csv_column_integer(to, column->name, column->unit, column->meaning,
                               *(const uint64_t *)field);
        else
            csv_column_integer_if(to, column->name, column->unit, column->meaning, is_there,
                                  *(const uint64_t *)field);
        break;
    case FIELD_REAL:
        csv_column_real_if(to, column->name, column->unit, column->meaning, is_there,
                           *(const double *)field);
        break;
    case FIELD_METRICS:
        add_metrics(to, column, record);
        break;
    }
}

static void add_columns(struct csv_columns *to, enum column_file file, const void *record)
{
    size_t count;
    const struct column *columns = columns_table(file, &count);
    for (size_t i = 0; i < count; i++)
        if (has(measured_of(to), &columns[i]))
            add_column(to, &columns[i], record);
}

static void add_trace(struct csv_columns *to, const void *record)
{
    add_columns(to, COLUMNS_TRACE, record);
}

static void add_timing(struct csv_columns *to, const void *record)
{
    add_columns(to, COLUMNS_TIMING, record);
}

static const struct csv_file trace_csv = {"trace.csv", "a row for each epoch of each cell: results",
                                          add_trace};
static const struct csv_file timing_csv = {
    "timing.csv", "a row for each epoch of each cell: what it took", add_timing};

const struct csv_folder csv_folder_epoch = {
    "run", (const struct csv_file *const[]){&trace_csv, &timing_csv, NULL}};

void columns_header(struct csv *csv, enum column_file file, const struct columns_measured *measured)
{
    csv_file_header(csv_folder_epoch.files[file], measured, csv);
}

void columns_row(struct csv *csv, enum column_file file, const struct columns_measured *measured,
                 const struct epoch_record *record)
{
    csv_file_row(csv_folder_epoch.files[file], measured, csv, record);
}
