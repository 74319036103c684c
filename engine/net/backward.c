/* Gradients and the update in one walk over each weight.
 *
 * No gradient matrix exists. A chunk of weight rows is read for the input
 * gradient of every sample; then each row's gradient is computed into a row that
 * stays in L1 and goes through the optimizer at once. */
#include <string.h>

#include "engine/net/net.h"

/* Rows of a chunk: 64 rows of 784 f32 are 200 kB and stay in L2 between the two
 * uses. */
enum { CHUNK = 64 };

/* A gap of fewer blocks than this between live columns is updated with them: a
 * call costs more than a few zero entries. */
enum { GAP_BLOCKS = 2 };

/* No early exit: the loop is a few vector operations. */
static bool block_is_zero(const real *x, size_t n)
{
    unsigned any = 0;
    for (size_t i = 0; i < n; i++)
        any |= x[i] != 0;
    return !any;
}

static size_t block_width(size_t column, size_t n)
{
    return n - column < ROWS_BLOCK ? n - column : ROWS_BLOCK;
}

/* Blocks of columns in which a sample's dz is not all zero. */
static size_t find_live(uint32_t *live, const real *dz, size_t n)
{
    size_t count = 0;
    for (size_t column = 0; column < n; column += ROWS_BLOCK)
        if (!block_is_zero(dz + column, block_width(column, n)))
            live[count++] = (uint32_t)column;
    return count;
}

/* Column runs [runs[2r], runs[2r + 1]) that the update must walk: all of them, or,
 * where a zero gradient changes nothing, those in which a sample's dz is not zero. */
static size_t find_runs(struct lg_net *net, const struct layer *layer, size_t batch)
{
    const size_t n = layer->outputs;
    uint32_t *runs = net->runs;
    if (!net->skips_zero_gradients) {
        runs[0] = 0;
        runs[1] = (uint32_t)n;
        return 1;
    }
    size_t count = 0;
    for (size_t column = 0; column < n; column += ROWS_BLOCK) {
        bool zero = true;
        for (size_t b = 0; b < batch && zero; b++)
            zero = block_is_zero(layer->dz + b * layer->stride + column, block_width(column, n));
        if (zero)
            continue;
        const uint32_t end = (uint32_t)(column + block_width(column, n));
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

/* dh of the layer before, for the inputs [first, last) of every sample, into its
 * dz. Where an input of 0 has derivative 0, only the others are computed. */
static void input_gradient(struct lg_net *net, const struct layer *layer, struct layer *before,
                           size_t batch, size_t first, size_t last)
{
    const size_t blocks = (layer->stride + ROWS_BLOCK - 1) / ROWS_BLOCK;
    for (size_t b = 0; b < batch; b++) {
        const struct active *active = &layer->active[b];
        real *dh = before->dz + b * before->stride;
        uint32_t rows[CHUNK];
        size_t count = 0;
        if (before->activation->dead_at_zero) {
            size_t at = 0;
            while (at < active->count && active->index[at] < first)
                at++;
            for (; at < active->count && active->index[at] < last; at++)
                rows[count++] = active->index[at];
            memset(dh + first, 0, (last - first) * sizeof *dh);
        } else {
            for (size_t i = first; i < last; i++)
                rows[count++] = (uint32_t)i;
        }
        if (count == 0)
            continue;
        rows_dot(net->dx, rows, count, layer->weight.w, layer->stride, layer->outputs,
                 layer->dz + b * layer->stride, net->live + b * blocks, net->live_count[b]);
        for (size_t j = 0; j < count; j++)
            dh[rows[j]] = net->dx[j];
    }
}

/* The layer's active lists, turned from by sample to by input. */
static void turn_columns(struct columns *columns, const struct layer *layer, size_t batch)
{
    uint32_t *start = columns->start;
    memset(start, 0, (layer->inputs + 2) * sizeof *start);
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++)
            start[layer->active[b].index[j] + 2]++;
    for (size_t i = 2; i <= layer->inputs; i++)
        start[i] += start[i - 1];
    /* start[i + 1] is where input i's next entry goes; in the end, where it ends. */
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < layer->active[b].count; j++) {
            const uint32_t at = start[layer->active[b].index[j] + 1]++;
            columns->index[at] = (uint32_t)b;
            columns->value[at] = layer->active[b].value[j];
        }
}

/* Send one row of parameters through the optimizer, gradient in gradient_row. */
static bool update_row(struct lg_net *net, const struct optimizer_step *now,
                       const struct parameters *p, size_t offset, size_t run_count)
{
    bool finite = true;
    for (size_t r = 0; r < run_count; r++) {
        const size_t from = net->runs[2 * r], count = net->runs[2 * r + 1] - from;
        real *state[OPTIMIZER_SLOTS_MAX];
        for (size_t slot = 0; slot < net->slots; slot++)
            state[slot] = p->state[slot] + offset + from;
        real *w = p->w + offset + from;
        net->optimizer->update(now, count, w, net->gradient_row + from, state);
        finite &= row_is_finite(w, count);
    }
    return finite;
}

/* The gradient of weight row i: a chain over the samples in which input i is not
 * zero, in their order. Returns false where the update may skip the row. */
static bool weight_gradient_row(struct lg_net *net, const struct layer *layer, size_t i,
                                size_t run_count)
{
    const uint32_t first = net->columns.start[i];
    const struct active column = {
        .count = net->columns.start[i + 1] - first,
        .index = net->columns.index + first,
        .value = net->columns.value + first,
    };
    if (column.count == 0 && net->skips_zero_gradients)
        return false;
    for (size_t r = 0; r < run_count; r++) {
        const size_t from = net->runs[2 * r], count = net->runs[2 * r + 1] - from;
        real *row = net->gradient_row + from;
        if (column.count == 1)
            row_scale(row, column.value[0], layer->dz + column.index[0] * layer->stride + from,
                      count);
        else
            rows_accumulate(row, NULL, &column, layer->dz + from, layer->stride, count);
    }
    return true;
}

static bool update_weight(struct lg_net *net, struct layer *layer, struct layer *before,
                          const struct optimizer_step *now, size_t batch, size_t run_count)
{
    bool finite = true;
    turn_columns(&net->columns, layer, batch);
    for (size_t first = 0; first < layer->inputs; first += CHUNK) {
        const size_t left = layer->inputs - first, last = first + (left < CHUNK ? left : CHUNK);
        if (before)
            input_gradient(net, layer, before, batch, first, last);
        for (size_t i = first; i < last; i++)
            if (weight_gradient_row(net, layer, i, run_count))
                finite &= update_row(net, now, &layer->weight, i * layer->stride, run_count);
    }
    return finite;
}

/* The bias is the weight of an input that is always 1. */
static bool update_bias(struct lg_net *net, struct layer *layer, const struct optimizer_step *now,
                        size_t batch, size_t run_count)
{
    struct active ones = {.count = batch, .index = net->columns.index, .value = net->columns.value};
    for (size_t b = 0; b < batch; b++) {
        ones.index[b] = (uint32_t)b;
        ones.value[b] = 1;
    }
    rows_accumulate(net->gradient_row, NULL, &ones, layer->dz, layer->stride, layer->outputs);
    return update_row(net, now, &layer->bias, 0, run_count);
}

bool net_backward(struct lg_net *net, size_t batch)
{
    struct optimizer_step now;
    bool finite = true;
    net->optimizer->begin(&net->config.optimizer.options, net->steps, net->scalars, &now);
    for (size_t l = net->config.layer_count; l-- > 0;) {
        struct layer *layer = &net->layers[l];
        const size_t blocks = (layer->stride + ROWS_BLOCK - 1) / ROWS_BLOCK;
        for (size_t b = 0; b < batch; b++) {
            real *dz = layer->dz + b * layer->stride;
            layer->activation->backward(&layer->activation_options, layer->outputs,
                                        layer->z + b * layer->stride, layer->h + b * layer->stride,
                                        dz, dz);
            finite &= row_is_finite(dz, layer->outputs);
            net->live_count[b] = find_live(net->live + b * blocks, dz, layer->outputs);
        }
        if (!finite) /* zero terms may only be skipped beside finite factors */
            return false;
        const size_t run_count = find_runs(net, layer, batch);
        finite &= update_weight(net, layer, l ? layer - 1 : NULL, &now, batch, run_count);
        finite &= update_bias(net, layer, &now, batch, run_count);
    }
    return finite;
}
