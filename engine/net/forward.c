#include "engine/net/products.h"

bool net_forward(struct lg_net *net, size_t batch)
{
    bool finite = true;
    for (size_t l = 0; l < net->config.layer_count; l++) {
        struct layer *layer = &net->layers[l];
        finite &= product_forward(net, layer, batch);
        for (size_t b = 0; b < batch; b++)
            layer->activation->forward(&layer->activation_options, layer->outputs,
                                       layer->z + b * layer->stride, layer->h + b * layer->stride);
    }
    return finite;
}
