/* A batch's targets, made of its inputs or labels. */
#ifndef LG_NET_TARGET_H
#define LG_NET_TARGET_H

#include "engine/net/net.h"

#define target_place LG_SYMBOL(target_place)
#define target_fill  LG_SYMBOL(target_fill)
#define target_batch LG_SYMBOL(target_batch)

/* Take the memory for the targets of every kind that the losses of the network want. */
void target_place(struct lg_arena *arena, struct lg_net *net);

/* Make the targets of the `batch` samples from `position` on. */
void target_fill(struct lg_net *net, const struct lg_pass *pass, size_t position, size_t batch);

/* The last layer's outputs and the targets as a loss of this shape sees them. */
struct loss_batch target_batch(const struct lg_net *net, const struct lg_loss_shape *shape,
                               size_t batch);

#endif
