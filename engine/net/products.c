/* The three products of a layer. Each is a set of FMA chains that may leave out
 * zero terms or not, to the same bits; which way is faster depends on the batch and
 * on how many inputs are zero, and is decided by counting them. */
#include "engine/net/products.h"

#include <string.h>

/* Below this batch packing should cost more than it saves, and below this share of
 * non-zero inputs leaving the zeros out should beat the packed product: estimates,
 * not yet tuned (docs/adr/0004). */
enum { PACKED_BATCH = 8 };
static const double PACKED_SHARE = 0.4;

static bool packing_pays(const struct layer *layer, size_t batch)
{
    if (batch < PACKED_BATCH)
        return false;
    size_t count = 0;
    for (size_t b = 0; b < batch; b++)
        count += layer->active[b].count;
    return (double)count >= PACKED_SHARE * (double)(batch * layer->inputs);
}

static bool rows_are_finite(const real *x, size_t stride, size_t rows, size_t n)
{
    bool finite = true;
    for (size_t b = 0; b < rows; b++)
        finite &= row_is_finite(x + b * stride, n);
    return finite;
}

bool product_forward(struct lg_net *net, struct layer *layer, size_t batch)
{
    for (size_t b = 0; b < batch; b++)
        rows_active(&layer->active[b], layer->x + b * layer->x_stride, layer->inputs);
    layer->packed = packing_pays(layer, batch);
    if (layer->packed) {
        const struct gemm_operand x = {layer->x, layer->x_stride, 1};
        const struct gemm_operand w = {layer->weight.w, layer->stride, 1};
        gemm(layer->z, layer->stride, layer->bias.w, batch, layer->outputs, layer->inputs, x, w,
             net->packing);
        if (rows_are_finite(layer->z, layer->stride, batch, layer->outputs))
            return true;
        /* A weight that is not finite may have met a zero: leave the zeros out. */
    }
    for (size_t b = 0; b < batch; b++)
        rows_accumulate(layer->z + b * layer->stride, layer->bias.w, &layer->active[b],
                        layer->weight.w, layer->stride, layer->outputs);
    return rows_are_finite(layer->z, layer->stride, batch, layer->outputs);
}

/* dx of sample b for the inputs [first, last). Where an input of 0 has derivative
 * 0, only the others are computed. */
static void sample_input_gradient(struct lg_net *net, const struct layer *layer,
                                  struct layer *before, size_t b, size_t first, size_t last)
{
    const struct active *active = &layer->active[b];
    real *dh = before->dz + b * before->stride;
    uint32_t *rows = net->rows;
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
        return;
    rows_dot(net->dx, rows, count, layer->weight.w, layer->stride, layer->outputs,
             layer->dz + b * layer->stride, net->live + b * net->blocks, net->live_count[b]);
    for (size_t j = 0; j < count; j++)
        dh[rows[j]] = net->dx[j];
}

void product_input_gradient(struct lg_net *net, const struct layer *layer, struct layer *before,
                            size_t batch, size_t first, size_t last)
{
    if (batch >= PACKED_BATCH) {
        real *dh = before->dz + first;
        const struct gemm_operand dz = {layer->dz, layer->stride, 1};
        const struct gemm_operand turned = {layer->weight.w + first * layer->stride, 1,
                                            layer->stride};
        gemm(dh, before->stride, NULL, batch, last - first, layer->outputs, dz, turned,
             net->packing);
        if (rows_are_finite(dh, before->stride, batch, last - first))
            return;
        /* As in product_forward(). */
    }
    for (size_t b = 0; b < batch; b++)
        sample_input_gradient(net, layer, before, b, first, last);
}

void product_weight_gradient(struct lg_net *net, const struct layer *layer, size_t batch,
                             size_t first, size_t last)
{
    const struct gemm_operand turned = {layer->x + first, 1, layer->x_stride};
    const struct gemm_operand dz = {layer->dz, layer->stride, 1};
    gemm(net->gradient, layer->stride, NULL, last - first, layer->outputs, batch, turned, dz,
         net->packing);
}
