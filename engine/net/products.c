/* The three products of a layer. Each is a set of FMA chains that may leave out
 * zero terms or not, to the same bits; which way is faster depends on the batch and
 * on how many inputs are zero, and is decided by counting them. A packed product
 * leaves out what is zero in the whole batch. */
#include "engine/net/products.h"

#include <string.h>

/* Below this share of the nonzero inputs, walking each sample's own inputs beats the
 * packed product (measured: docs/adr/0004). */
static const double PACKED_SHARE = 0.3;

static bool rows_are_finite(const real *x, size_t stride, size_t rows, size_t n)
{
    bool finite = true;
    for (size_t b = 0; b < rows; b++)
        finite &= row_is_finite(x + b * stride, n);
    return finite;
}

/* x without the columns that are zero in every row, rows `stride` apart; x itself where all
 * are. */
static const real *find_nonzero(const struct nonzero_columns *nonzero, real *to, const real *x,
                                size_t stride, size_t rows)
{
    if (nonzero->count == nonzero->n)
        return x;
    for (size_t b = 0; b < rows; b++)
        nonzero_compress(nonzero, to + b * stride, x + b * stride);
    return to;
}

static const uint32_t *list_of(const struct nonzero_columns *nonzero)
{
    return nonzero->count == nonzero->n ? NULL : nonzero->index;
}

static bool packing_pays(struct layer *layer, size_t batch)
{
    if (batch < PACKED_BATCH)
        return false;
    const size_t count =
        nonzero_find(&layer->nonzero, layer->x, layer->x_stride, batch, layer->inputs);
    return (double)count >= PACKED_SHARE * (double)(batch * layer->nonzero.count);
}

/* gemm(), for whoever watches. */
static void multiply(struct lg_net *net, real *c, size_t c_stride, const real *start, size_t m,
                     size_t n, size_t k, struct gemm_operand a, struct gemm_operand b)
{
    if (net->paths)
        net_note_all(net, gemm_paths(m, n, k, a, b));
    gemm(c, c_stride, start, m, n, k, a, b, net->packing);
}

bool product_forward(struct lg_net *net, struct layer *layer, size_t batch)
{
    layer->packed = packing_pays(layer, batch);
    if (layer->packed) {
        const struct gemm_operand x = {
            find_nonzero(&layer->nonzero, layer->nonzero_x, layer->x, layer->x_stride, batch),
            layer->x_stride, 1, NULL, NULL};
        const struct gemm_operand w = {layer->weight.w, layer->stride, 1, list_of(&layer->nonzero),
                                       NULL};
        net_note(net, w.rows ? LG_PATH_FORWARD_NONZERO : LG_PATH_FORWARD_PACKED);
        multiply(net, layer->z, layer->stride, layer->bias.w, batch, layer->outputs,
                 layer->nonzero.count, x, w);
        if (rows_are_finite(layer->z, layer->stride, batch, layer->outputs))
            return true;
        /* A weight that is not finite may have met a zero: leave the zeros out. */
        layer->packed = false;
        net_note(net, LG_PATH_FORWARD_REPAIRED);
    }
    net_note_all(net, LG_PATH_BIT(LG_PATH_FORWARD_WALKED) | rows_paths(layer->outputs));
    for (size_t b = 0; b < batch; b++) {
        rows_active(&layer->active[b], layer->x + b * layer->x_stride, layer->inputs);
        rows_accumulate(layer->z + b * layer->stride, layer->bias.w, &layer->active[b],
                        layer->weight.w, layer->stride, layer->outputs);
    }
    return rows_are_finite(layer->z, layer->stride, batch, layer->outputs);
}

void product_find_nonzero_outputs(struct lg_net *net, const struct layer *layer, size_t batch)
{
    nonzero_find(&net->nonzero, layer->dz, layer->stride, batch, layer->outputs);
    find_nonzero(&net->nonzero, net->nonzero_dz, layer->dz, layer->stride, batch);
}

static struct gemm_operand nonzero_dz(const struct lg_net *net, const struct layer *layer)
{
    const real *dz = net->nonzero.count == net->nonzero.n ? layer->dz : net->nonzero_dz;
    return (struct gemm_operand){dz, layer->stride, 1, NULL, NULL};
}

/* Sample by sample, zeros left out: for a weight that is not finite. */
static void input_gradient_by_sample(struct lg_net *net, const struct layer *layer,
                                     struct layer *before, size_t batch)
{
    for (size_t i = 0; i < layer->inputs; i++)
        net->rows[i] = (uint32_t)i;
    for (size_t b = 0; b < batch; b++) {
        real *dh = before->dz + b * before->stride;
        memset(dh, 0, layer->inputs * sizeof *dh);
        rows_dot(dh, net->rows, layer->inputs, layer->weight.w, layer->stride, layer->outputs,
                 layer->dz + b * layer->stride, net->live + b * net->blocks, net->live_count[b]);
    }
}

void product_input_gradient(struct lg_net *net, const struct layer *layer, struct layer *before,
                            size_t batch)
{
    /* An input that is 0 throughout is not wanted where 0 is dead. */
    const bool all = !before->activation->dead_at_zero || layer->nonzero.count == layer->nonzero.n;
    const size_t n = all ? layer->inputs : layer->nonzero.count;
    real *dx = all ? before->dz : net->dx;
    const struct gemm_operand turned = {layer->weight.w, 1, layer->stride, list_of(&net->nonzero),
                                        all ? NULL : layer->nonzero.index};
    net_note(net, all ? LG_PATH_INPUT_PACKED : LG_PATH_INPUT_PACKED_NONZERO);
    multiply(net, dx, before->stride, NULL, batch, n, net->nonzero.count, nonzero_dz(net, layer),
             turned);
    if (!rows_are_finite(dx, before->stride, batch, n)) {
        net_note(net, LG_PATH_INPUT_REPAIRED);
        input_gradient_by_sample(net, layer, before, batch); /* as in product_forward() */
        return;
    }
    if (!all)
        for (size_t b = 0; b < batch; b++)
            nonzero_expand(&layer->nonzero, before->dz + b * before->stride,
                           dx + b * before->stride);
}

void product_weight_gradient(struct lg_net *net, const struct layer *layer, size_t batch,
                             size_t first, size_t count)
{
    const real *x = layer->nonzero.count == layer->nonzero.n ? layer->x : layer->nonzero_x;
    const struct gemm_operand turned = {x + first, 1, layer->x_stride, NULL, NULL};
    multiply(net, net->gradient, layer->stride, NULL, count, net->nonzero.count, batch, turned,
             nonzero_dz(net, layer));
}
