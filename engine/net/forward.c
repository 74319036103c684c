#include "engine/net/net.h"

bool net_forward(struct lg_net *net, size_t batch)
{
    bool finite = true;
    for (size_t l = 0; l < net->config.layer_count; l++) {
        struct layer *layer = &net->layers[l];
        for (size_t b = 0; b < batch; b++) {
            real *z = layer->z + b * layer->stride;
            rows_active(&layer->active[b], layer->x + b * layer->x_stride, layer->inputs, false);
            rows_accumulate(z, layer->bias.w, &layer->active[b], layer->weight.w, layer->stride,
                            layer->outputs);
            finite &= row_is_finite(z, layer->outputs);
            layer->activation->forward(&layer->activation_options, layer->outputs, z,
                                       layer->h + b * layer->stride);
        }
    }
    return finite;
}
