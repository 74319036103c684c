#include "harness/store/parameters_columns.h"

static void parameters(struct csv_columns *to, const void *given)
{
    const struct parameter_row *row = given;
    COLUMN_TEXT("cell", "the cell's name, as in trace.csv", row->cell);
    COLUMN_INTEGER("layer", "1", "counted from 1", row->layer);
    COLUMN_TEXT("activation", "of the layer", row->activation);
    COLUMN_INTEGER("output", "1", "the unit that it leads to, counted from 1", row->output);
    COLUMN_INTEGER_IF("input", "1", "the unit that it comes from, counted from 1; empty: a bias",
                      row->input > 0, row->input);
    COLUMN_REAL("value", "1", "after the last epoch", row->value);
}

const struct csv_file parameters_csv = {
    "parameters.csv",
    "a row for each weight and bias of the finished cells whose networks are small", parameters};

const struct csv_folder csv_folder_parameters = {
    "run", (const struct csv_file *const[]){&parameters_csv, NULL}};
