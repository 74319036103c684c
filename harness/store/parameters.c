#include "harness/store/parameters.h"

#include "harness/store/parameters_columns.h"

static void add_row(struct csv *csv, struct parameter_row *row, double value)
{
    row->value = value;
    csv_file_row(&parameters_csv, NULL, csv, row);
}

void parameters_rows(struct csv *csv, const char *cell, const struct lg_backend *backend,
                     const struct lg_net_config *config, const double *values)
{
    for (size_t l = 0, inputs = config->inputs; l < config->layer_count; l++) {
        const struct lg_layer_config *layer = &config->layers[l];
        struct parameter_row row = {.cell = cell,
                                    .layer = l + 1,
                                    .activation =
                                        backend->activation(layer->activation.index)->name};
        for (row.output = 1; row.output <= layer->outputs; row.output++)
            for (row.input = 1; row.input <= inputs; row.input++)
                add_row(csv, &row, *values++);
        row.input = 0;
        for (row.output = 1; row.output <= layer->outputs; row.output++)
            add_row(csv, &row, *values++);
        inputs = layer->outputs;
    }
}
