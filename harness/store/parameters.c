#include "harness/store/parameters.h"

#include "harness/store/parameters_columns.h"
#include "harness/support/files.h"

static void add_row(struct csv *csv, struct parameter_row *row, double value)
{
    row->value = value;
    csv_file_row(&parameters_csv, NULL, csv, row);
}

enum lg_status parameters_write(const char *path, const struct lg_backend *backend,
                                const struct lg_net_config *config, const double *values,
                                struct lg_error *error)
{
    struct csv csv = {0};
    csv_file_header(&parameters_csv, NULL, &csv);
    for (size_t l = 0, inputs = config->inputs; l < config->layer_count; l++) {
        const struct lg_layer_config *layer = &config->layers[l];
        struct parameter_row row = {
            .layer = l + 1, .activation = backend->activation(layer->activation.index)->name};
        for (row.output = 1; row.output <= layer->outputs; row.output++)
            for (row.input = 1; row.input <= inputs; row.input++)
                add_row(&csv, &row, *values++);
        row.input = 0;
        for (row.output = 1; row.output <= layer->outputs; row.output++)
            add_row(&csv, &row, *values++);
        inputs = layer->outputs;
    }
    enum lg_status status = csv_check(&csv, error);
    if (status == LG_OK)
        status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}
