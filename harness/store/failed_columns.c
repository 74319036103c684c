#include "harness/store/failed_columns.h"

static void failed(struct csv_columns *to, const void *given)
{
    const struct failed_row *row = given;
    COLUMN_TEXT("cell", "the cell's name, as in trace.csv", row->cell->slug);
    COLUMN_TEXT("loss", "the loss it is trained under", row->loss);
    COLUMN_TEXT("optimizer", "the optimizer that trains it", row->optimizer);
    COLUMN_TEXT("label", "the cell's name for readers", row->cell->label);
    COLUMN_INTEGER("seed", "", "the seed of every random draw", row->cell->seed);
    COLUMN_INTEGER("epochs", "epochs", "finished before", row->epochs);
    COLUMN_TEXT("why", "why the last attempt failed", row->why);
}

const struct csv_file failed_csv = {
    "failed.csv", "a row for each cell that failed and was not gone on with since", failed};

const struct csv_folder csv_folder_failed = {"run",
                                             (const struct csv_file *const[]){&failed_csv, NULL}};
