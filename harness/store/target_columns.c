#include "harness/store/target_columns.h"

static void targets(struct csv_columns *to, const void *given)
{
    static const char *const answers[] = {"yes", "no", NULL};
    const struct target_row *row = given;
    COLUMN_TEXT("cell", "the cell's name, as in trace.csv", row->cell->slug);
    COLUMN_TEXT("loss", "the loss it is trained under", row->loss);
    COLUMN_TEXT("optimizer", "the optimizer that trains it", row->optimizer);
    COLUMN_TEXT("label", "the cell's name for readers", row->cell->label);
    COLUMN_INTEGER("seed", "", "the seed of every random draw", row->cell->seed);
    COLUMN_TEXT("metric", "the column of trace.csv that is to reach the value", row->metric);
    COLUMN_REAL("value", "", "wanted, or a better one", row->value);
    COLUMN_WORD("reached", answers, "whether it was", row->reach.is_reached ? "yes" : "no");
    COLUMN_INTEGER_IF("epoch", "", "of the first evaluation that found it; empty: none did",
                      row->reach.is_reached, row->reach.epoch);
    COLUMN_INTEGER_IF("step", "steps", "training steps until then, from the first epoch on",
                      row->reach.is_reached, row->reach.step);
    COLUMN_INTEGER_IF("samples", "samples", "training samples of those steps",
                      row->reach.is_reached, row->reach.samples);
    COLUMN_REAL_IF("found", "", "the value there", row->reach.is_reached, row->reach.found);
    COLUMN_TEXT("why", "why it was not reached: how the cell ended, or how far it is", row->why);
}

const struct csv_file targets_csv = {
    "targets.csv", "a row for each cell and target of the spec: when it was first reached",
    targets};

const struct csv_folder csv_folder_target = {"run",
                                             (const struct csv_file *const[]){&targets_csv, NULL}};
