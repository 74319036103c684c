#include "harness/store/columns.h"

#include <stdio.h>
#include <string.h>

#define FIELD(member) offsetof(struct epoch_record, member)

/* clang-format off */
static const struct column trace[] = {
    {"cell", "", "the cell's name, unique in the experiment", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(cell), BETTER_NONE, false},
    {"loss", "", "the loss the cell is trained under", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(loss), BETTER_NONE, false},
    {"optimizer", "", "the optimizer that trains it", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(optimizer), BETTER_NONE, false},
    {"label", "", "the cell's name for readers", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(label), BETTER_NONE, false},
    {"seed", "", "the seed of every random draw", COLUMN_KEY, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(seed), BETTER_NONE, false},
    {"epoch", "", "counted from 1", COLUMN_KEY, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(epoch), BETTER_NONE, false},
    {"dataset", "", "the data set that was really used", COLUMN_CONTEXT, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(dataset), BETTER_NONE, false},
    {"status", "", "ok, or diverged: a number became infinite or NaN and the cell ended here", COLUMN_MEASURED, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(status), BETTER_NONE, false},
    {"steps", "steps", "training steps done in the epoch", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(steps), BETTER_NONE, false},
    {"train_loss", "loss", "the cell's own loss on the training samples: mean over the epoch, each taken before its update", COLUMN_MEASURED, COLUMN_REAL, COLUMN_TRAINED, FIELD(train_loss), BETTER_NONE, true},
    {"train_", "loss", "the same under each metric of the spec; and `accuracy`, the share of samples put into their class, where classes are learnt", COLUMN_MEASURED, COLUMN_METRICS, COLUMN_TRAINED, FIELD(train_metrics), BETTER_NONE, false},
    {"test_loss", "loss", "the cell's own loss on the held-out test set after the epoch, mean; empty with `evaluate: none`", COLUMN_MEASURED, COLUMN_REAL, COLUMN_TESTED, FIELD(test_loss), BETTER_NONE, true},
    {"test_", "loss", "the same under each metric of the spec; and `accuracy`, the share of samples put into their class, where classes are learnt", COLUMN_MEASURED, COLUMN_METRICS, COLUMN_TESTED, FIELD(test_metrics), BETTER_NONE, false},
    {"image_sha256", "", "of the pixels of the epoch's image, row-major bytes", COLUMN_MEASURED, COLUMN_DIGEST, COLUMN_TRAINED, FIELD(image_sha256), BETTER_NONE, false},
    {"weights_sha256", "", "of all parameters after the epoch, little-endian", COLUMN_MEASURED, COLUMN_DIGEST, COLUMN_TRAINED, FIELD(weights_sha256), BETTER_NONE, false},
    {"state_sha256", "", "of the optimizer's state after the epoch, little-endian", COLUMN_MEASURED, COLUMN_DIGEST, COLUMN_TRAINED, FIELD(state_sha256), BETTER_NONE, false},
};

static const struct column timing[] = {
    {"cell", "", "the cell's name, unique in the experiment", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(cell), BETTER_NONE, false},
    {"loss", "", "the loss the cell is trained under", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(loss), BETTER_NONE, false},
    {"optimizer", "", "the optimizer that trains it", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(optimizer), BETTER_NONE, false},
    {"label", "", "the cell's name for readers", COLUMN_KEY, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(label), BETTER_NONE, false},
    {"seed", "", "the seed of every random draw", COLUMN_KEY, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(seed), BETTER_NONE, false},
    {"epoch", "", "counted from 1", COLUMN_KEY, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(epoch), BETTER_NONE, false},
    {"dataset", "", "the data set that was really used", COLUMN_CONTEXT, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(dataset), BETTER_NONE, false},
    {"precision", "", "f32 or f64", COLUMN_CONTEXT, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(precision), BETTER_NONE, false},
    {"isa", "", "the instruction set of the engine's copy that ran", COLUMN_CONTEXT, COLUMN_TEXT, COLUMN_ALWAYS, FIELD(isa), BETTER_NONE, false},
    {"jobs", "processes", "cells trained at the same time", COLUMN_CONTEXT, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(jobs), BETTER_NONE, false},
    {"steps", "steps", "training steps done in the epoch", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(steps), BETTER_NONE, false},
    {"samples", "samples", "training samples of those steps", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(samples), BETTER_NONE, false},
    {"wall_ns", "ns", "time of the training steps by the clock (CLOCK_MONOTONIC)", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(wall_ns), BETTER_LOWER, false},
    {"cpu_ns", "ns", "time of the training steps on the processor (CLOCK_PROCESS_CPUTIME_ID)", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_ALWAYS, FIELD(cpu_ns), BETTER_LOWER, false},
    {"wall_ns_per_step", "ns", "wall_ns / steps", COLUMN_MEASURED, COLUMN_REAL, COLUMN_STEPPED, FIELD(wall_ns_per_step), BETTER_LOWER, false},
    {"cpu_ns_per_step", "ns", "cpu_ns / steps", COLUMN_MEASURED, COLUMN_REAL, COLUMN_STEPPED, FIELD(cpu_ns_per_step), BETTER_LOWER, false},
    {"evaluation_wall_ns", "ns", "time of measuring the test set, by the clock", COLUMN_MEASURED, COLUMN_INTEGER, COLUMN_TESTED, FIELD(evaluation_wall_ns), BETTER_LOWER, false},
};
/* clang-format on */

const char *columns_file_name(enum column_file file)
{
    return file == COLUMNS_TRACE ? "trace.csv" : "timing.csv";
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
        if (columns[i].kind == COLUMN_METRICS &&
            strncmp(columns[i].name, name, strlen(columns[i].name)) == 0)
            by_prefix = &columns[i];
    }
    return by_prefix;
}

void columns_header(struct csv *csv, enum column_file file, const char *const *metrics,
                    size_t metric_count)
{
    size_t count;
    const struct column *columns = columns_table(file, &count);
    for (size_t i = 0; i < count; i++) {
        if (columns[i].kind != COLUMN_METRICS) {
            csv_text(csv, columns[i].name);
            continue;
        }
        for (size_t m = 0; m < metric_count; m++) {
            char name[COLUMN_NAME_MAX];
            snprintf(name, sizeof name, "%s%s", columns[i].name, metrics[m]);
            csv_text(csv, name);
        }
    }
    csv_end_row(csv);
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
    case COLUMN_TESTED:
        return record->tested;
    }
    return false;
}

static void write_field(struct csv *csv, const struct column *column,
                        const struct epoch_record *record)
{
    const void *field = (const char *)record + column->offset;
    switch (column->kind) {
    case COLUMN_TEXT:
        csv_text(csv, *(const char *const *)field);
        break;
    case COLUMN_DIGEST:
        csv_text(csv, field);
        break;
    case COLUMN_INTEGER:
        csv_integer(csv, *(const uint64_t *)field);
        break;
    case COLUMN_REAL:
        csv_real(csv, *(const double *)field);
        break;
    case COLUMN_METRICS:
        for (size_t i = 0; i < record->metric_count; i++)
            csv_real(csv, ((const double *)field)[i]);
        break;
    }
}

void columns_row(struct csv *csv, enum column_file file, const struct epoch_record *record)
{
    size_t count;
    const struct column *columns = columns_table(file, &count);
    for (size_t i = 0; i < count; i++) {
        if (present(&columns[i], record)) {
            write_field(csv, &columns[i], record);
            continue;
        }
        size_t fields = columns[i].kind == COLUMN_METRICS ? record->metric_count : 1;
        for (size_t f = 0; f < fields; f++)
            csv_empty(csv);
    }
    csv_end_row(csv);
}
