/* Gradients and the update in one walk over each weight.
 *
 * No gradient matrix exists. A chunk of weight rows is read for the input
 * gradient of every sample; then each row's gradient is computed into a row that
 * stays in L1 and goes through the optimizer at once. */
#include <string.h>

#include "engine/net/products.h"

/* A gap of fewer blocks than this between live columns is updated with them: a
 * call costs more than a few zero entries. */
enum { GAP_BLOCKS = 2 };

/* Column runs [runs[2r], runs[2r + 1]) that the update must walk: all of them, or,
 * where a zero gradient changes nothing, the blocks in which a sample's dz is not
 * zero. */
static size_t find_runs(struct lg_net *net, const struct layer *layer, size_t batch)
{
    const size_t n = layer->outputs;
    uint32_t *runs = net->runs;
    if (!net->skips_zero_gradients) {
        runs[0] = 0;
        runs[1] = (uint32_t)n;
        return 1;
    }
    memset(net->touched, 0, net->blocks);
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < net->live_count[b]; j++)
            net->touched[net->live[b * net->blocks + j] / ROWS_BLOCK] = true;
    size_t count = 0;
    for (size_t column = 0; column < n; column += ROWS_BLOCK) {
        if (!net->touched[column / ROWS_BLOCK])
            continue;
        const uint32_t end = (uint32_t)(column + ROWS_BLOCK < n ? column + ROWS_BLOCK : n);
        if (count > 0 && column < runs[2 * count - 1] + (size_t)GAP_BLOCKS * ROWS_BLOCK) {
            runs[2 * count - 1] = end;
        } else {
            runs[2 * count] = (uint32_t)column;
            runs[2 * count + 1] = end;
            count++;
        }
    }
    return count;
}

/* The layer's active lists, turned from by sample to by input. */
static void turn_columns(struct columns *columns, const struct layer *layer, size_t batch)
{
    if (batch == 1) { /* one entry each */
        const struct active *active = &layer->active[0];
        columns->count = active->count;
        columns->input = active->index;
        columns->value = active->value;
        return;
    }
    uint32_t *end = columns->end;
    memset(end, 0, layer->inputs * sizeof *end);
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++)
            end[layer->active[b].index[j]]++;
    /* Number the inputs that occur; end[i] becomes where i's next entry goes. */
    uint32_t total = 0;
    columns->count = 0;
    columns->input = columns->input_storage;
    columns->value = columns->value_storage;
    for (size_t i = 0; i < layer->inputs; i++) {
        const uint32_t entries = end[i];
        end[i] = total;
        if (entries) {
            columns->start[columns->count] = total;
            columns->input[columns->count++] = (uint32_t)i;
            total += entries;
        }
    }
    columns->start[columns->count] = total;
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++) {
            const uint32_t at = end[layer->active[b].index[j]]++;
            columns->sample[at] = (uint32_t)b;
            columns->value[at] = layer->active[b].value[j];
        }
}

/* Send the run [from, from + count) of a row of parameters through the optimizer. */
static void update_run(struct lg_net *net, const struct optimizer_step *now,
                       const struct parameters *p, size_t offset, size_t count,
                       struct gradient gradient)
{
    real *state[OPTIMIZER_SLOTS_MAX];
    for (size_t slot = 0; slot < net->slots; slot++)
        state[slot] = p->state[slot] + offset;
    net->optimizer->update(now, count, p->w + offset, gradient, state);
}

/* A row of the weight whose input is not zero in some samples: its gradient is a
 * chain over them in their order; entry j of the columns. */
static void update_row(struct lg_net *net, const struct layer *layer,
                       const struct optimizer_step *now, size_t batch, size_t j, size_t run_count)
{
    const struct columns *columns = &net->columns;
    const uint32_t first = batch == 1 ? (uint32_t)j : columns->start[j];
    const struct active column = {
        .count = batch == 1 ? 1 : columns->start[j + 1] - first,
        .index = columns->sample + first,
        .value = columns->value + first,
    };
    const size_t offset = columns->input[j] * layer->stride;
    for (size_t r = 0; r < run_count; r++) {
        const size_t from = net->runs[2 * r], count = net->runs[2 * r + 1] - from;
        struct gradient gradient = {1, net->gradient};
        if (batch == 1)
            gradient = (struct gradient){column.value[0], layer->dz + from};
        else
            rows_accumulate(net->gradient, NULL, &column, layer->dz + from, layer->stride, count);
        update_run(net, now, &layer->weight, offset + from, count, gradient);
    }
}

/* Rows [first, last): those of the columns from entry *j on, and, unless a zero
 * gradient changes nothing, the others too. */
static void update_rows(struct lg_net *net, const struct layer *layer,
                        const struct optimizer_step *now, size_t batch, size_t run_count,
                        size_t first, size_t last, size_t *j)
{
    const struct columns *columns = &net->columns;
    if (net->skips_zero_gradients) {
        while (*j < columns->count && columns->input[*j] < last)
            update_row(net, layer, now, batch, (*j)++, run_count);
        return;
    }
    for (size_t i = first; i < last; i++) {
        if (*j < columns->count && columns->input[*j] == i)
            update_row(net, layer, now, batch, (*j)++, run_count);
        else
            update_run(net, now, &layer->weight, i * layer->stride, layer->outputs,
                       (struct gradient){0, layer->dz});
    }
}

/* Each chunk of rows gives its input gradient and is then updated. */
static void update_weight(struct lg_net *net, struct layer *layer, struct layer *before,
                          const struct optimizer_step *now, size_t batch, size_t run_count)
{
    turn_columns(&net->columns, layer, batch);
    size_t j = 0;
    for (size_t first = 0; first < layer->inputs;) {
        /* A chunk ends where CHUNK rows that occur are full. */
        const size_t last =
            j + CHUNK < net->columns.count ? net->columns.input[j + CHUNK] : layer->inputs;
        if (before)
            product_input_gradient(net, layer, before, batch, first, last);
        update_rows(net, layer, now, batch, run_count, first, last, &j);
        first = last;
    }
}

/* The same where most inputs are not zero and the batch is large: the packed
 * product gives a chunk of gradient rows at a time. */
static void update_weight_packed(struct lg_net *net, struct layer *layer, struct layer *before,
                                 const struct optimizer_step *now, size_t batch, size_t run_count)
{
    if (before)
        product_input_gradient(net, layer, before, batch, 0, layer->inputs);
    for (size_t first = 0; first < layer->inputs; first += CHUNK) {
        const size_t left = layer->inputs - first, last = first + (left < CHUNK ? left : CHUNK);
        product_weight_gradient(net, layer, batch, first, last);
        for (size_t i = first; i < last; i++)
            for (size_t r = 0; r < run_count; r++) {
                const size_t from = net->runs[2 * r], count = net->runs[2 * r + 1] - from;
                const real *row = net->gradient + (i - first) * layer->stride;
                update_run(net, now, &layer->weight, i * layer->stride + from, count,
                           (struct gradient){1, row + from});
            }
    }
}

/* The bias is the weight of an input that is always 1. */
static void update_bias(struct lg_net *net, struct layer *layer, const struct optimizer_step *now,
                        size_t batch)
{
    struct active ones = {
        .count = batch, .index = net->columns.sample, .value = net->columns.value_storage};
    for (size_t b = 0; b < batch; b++) {
        ones.index[b] = (uint32_t)b;
        ones.value[b] = 1;
    }
    rows_accumulate(net->gradient, NULL, &ones, layer->dz, layer->stride, layer->outputs);
    update_run(net, now, &layer->bias, 0, layer->outputs, (struct gradient){1, net->gradient});
}

bool net_backward(struct lg_net *net, size_t batch)
{
    struct optimizer_step now;
    net->optimizer->begin(&net->config.optimizer.options, net->steps, net->scalars, &now);
    for (size_t l = net->config.layer_count; l-- > 0;) {
        struct layer *layer = &net->layers[l];
        bool finite = true;
        for (size_t b = 0; b < batch; b++) {
            real *dz = layer->dz + b * layer->stride;
            layer->activation->backward(&layer->activation_options, layer->outputs,
                                        layer->z + b * layer->stride, layer->h + b * layer->stride,
                                        dz, dz);
            finite &= row_is_finite(dz, layer->outputs);
            net->live_count[b] = rows_live(net->live + b * net->blocks, dz, layer->outputs);
        }
        if (!finite)
            return false;
        const size_t run_count = find_runs(net, layer, batch);
        (layer->packed ? update_weight_packed : update_weight)(net, layer, l ? layer - 1 : NULL,
                                                               &now, batch, run_count);
        update_bias(net, layer, &now, batch);
    }
    return true;
}
