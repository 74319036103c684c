/* The products of a layer (products.c). */
#ifndef LG_NET_PRODUCTS_H
#define LG_NET_PRODUCTS_H

#include "engine/kernel/gemm.h"
#include "engine/net/net.h"

#define product_forward              LG_SYMBOL(product_forward)
#define product_find_nonzero_outputs LG_SYMBOL(product_find_nonzero_outputs)
#define product_input_gradient       LG_SYMBOL(product_input_gradient)
#define product_weight_gradient      LG_SYMBOL(product_weight_gradient)

/* From this batch on the input gradient of a layer is one packed product, computed
 * before its weight changes; below it, it comes with the update (backward.c). */
enum { PACKED_BATCH = 6 };

/* layer->z from layer->x; decides layer->packed, and fills layer->active where it is
 * not, layer->nonzero for a large batch. Returns whether every z is finite. */
bool product_forward(struct lg_net *net, struct layer *layer, size_t batch);

/* For a large batch: net->nonzero and net->nonzero_dz from layer->dz, for the two below. */
void product_find_nonzero_outputs(struct lg_net *net, const struct layer *layer, size_t batch);

/* before->dz = the gradient by the layer's inputs, from its dz, for a large batch.
 * Where the activation before is dead the value is unspecified: its backward pass lets
 * none of it through. */
void product_input_gradient(struct lg_net *net, const struct layer *layer, struct layer *before,
                            size_t batch);

/* net->gradient: the gradient of `count` nonzero rows of the weight, from nonzero row
 * `first` on, rows layer->stride apart, nonzero outputs only. For a packed layer. */
void product_weight_gradient(struct lg_net *net, const struct layer *layer, size_t batch,
                             size_t first, size_t count);

#endif
