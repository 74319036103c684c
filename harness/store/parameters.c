#include "harness/store/parameters.h"

#include "harness/support/csv.h"
#include "harness/support/files.h"

/* input SIZE_MAX: a bias. */
static void add_row(struct csv *csv, size_t layer, const char *activation, size_t output,
                    size_t input, double value)
{
    csv_integer(csv, layer + 1);
    csv_text(csv, activation);
    csv_integer(csv, output + 1);
    if (input == SIZE_MAX)
        csv_empty(csv);
    else
        csv_integer(csv, input + 1);
    csv_real(csv, value);
    csv_end_row(csv);
}

enum lg_status parameters_write(const char *path, const struct lg_backend *backend,
                                const struct lg_net_config *config, const double *values,
                                struct lg_error *error)
{
    static const char *const names[] = {"layer", "activation", "output", "input", "value"};
    struct csv csv = {0};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        csv_text(&csv, names[i]);
    csv_end_row(&csv);
    for (size_t l = 0, inputs = config->inputs; l < config->layer_count; l++) {
        const struct lg_layer_config *layer = &config->layers[l];
        const char *activation = backend->activation(layer->activation.index)->name;
        for (size_t o = 0; o < layer->outputs; o++)
            for (size_t i = 0; i < inputs; i++)
                add_row(&csv, l, activation, o, i, *values++);
        for (size_t o = 0; o < layer->outputs; o++)
            add_row(&csv, l, activation, o, SIZE_MAX, *values++);
        inputs = layer->outputs;
    }
    enum lg_status status = files_write(path, csv.text.bytes, csv.text.size, error);
    text_free(&csv.text);
    return status;
}
