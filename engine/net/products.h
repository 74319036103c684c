/* The three products of a layer (products.c). */
#ifndef LG_NET_PRODUCTS_H
#define LG_NET_PRODUCTS_H

#include "engine/kernel/gemm.h"
#include "engine/net/net.h"

#define product_forward         LG_SYMBOL(product_forward)
#define product_input_gradient  LG_SYMBOL(product_input_gradient)
#define product_weight_gradient LG_SYMBOL(product_weight_gradient)

/* layer->z from layer->x; fills layer->active and decides layer->packed. Returns
 * whether every z is finite. */
bool product_forward(struct lg_net *net, struct layer *layer, size_t batch);

/* before->dz[b][first..last) = the gradient by the layer's inputs there, from its
 * dz. Where the activation before is dead the value is unspecified: its backward
 * pass lets none of it through. */
void product_input_gradient(struct lg_net *net, const struct layer *layer, struct layer *before,
                            size_t batch, size_t first, size_t last);

/* net->gradient: the gradient of weight rows [first, last), rows layer->stride
 * apart. For a packed layer. */
void product_weight_gradient(struct lg_net *net, const struct layer *layer, size_t batch,
                             size_t first, size_t last);

#endif
