#include "harness/store/evaluation_columns.h"

#include <stdio.h>

#include "harness/spec/stop.h"

/* Of an experiment, one part; in the documentation, each that it may be. */
static void add_values(struct csv_columns *to, const struct evaluation_row *row, enum part part)
{
    static const struct columns_measured any = {.names = {"<metric>"}, .count = 1};
    const struct columns_measured *measured = to->context != NULL ? to->context : &any;
    const char *meaning = part == PART_VALIDATION
                              ? "the cell's own loss on the validation split, mean"
                              : "the cell's own loss on the test set, mean; where there is no "
                                "validation split";
    char name[COLUMN_NAME_MAX];
    snprintf(name, sizeof name, "%s_loss", part_words[part]);
    COLUMN_REAL(name, "loss", meaning, row->values->loss);
    for (size_t i = 0; i < measured->count; i++) {
        snprintf(name, sizeof name, "%s_%s", part_words[part], measured->names[i]);
        COLUMN_REAL(name, "loss",
                    "the same under each metric of the spec, and accuracy where classes are learnt",
                    row->values->metrics[i]);
    }
}

static void evaluations(struct csv_columns *to, const void *given)
{
    const struct evaluation_row *row = given;
    const struct columns_measured *measured = to->context;
    COLUMN_TEXT("cell", "the cell's name, as in trace.csv", row->of->cell);
    COLUMN_TEXT("loss", "the loss it is trained under", row->of->loss);
    COLUMN_TEXT("optimizer", "the optimizer that trains it", row->of->optimizer);
    COLUMN_TEXT("label", "the cell's name for readers", row->of->label);
    COLUMN_INTEGER("seed", "", "the seed of every random draw", row->of->seed);
    COLUMN_INTEGER("epoch", "", "in which it was measured, counted from 1", row->of->epoch);
    COLUMN_INTEGER("step", "steps", "training steps until then, those of earlier epochs among them",
                   row->step);
    COLUMN_INTEGER("samples", "samples", "training samples of those steps", row->samples);
    if (measured == NULL || measured->has_validation)
        add_values(to, row, PART_VALIDATION);
    if (measured == NULL || !measured->has_validation)
        add_values(to, row, PART_TEST);
}

const struct csv_file evaluations_csv = {
    "evaluations.csv",
    "a row for each evaluation of each cell, within epochs and after them; with evaluate_every",
    evaluations};

const struct csv_folder csv_folder_evaluation = {
    "run", (const struct csv_file *const[]){&evaluations_csv, NULL}};
