/* One loss, activation or optimizer by itself: what struct lg_backend documents as
 * evaluate_*(). */
#ifndef LG_NET_EVALUATE_H
#define LG_NET_EVALUATE_H

#include "engine/base/real.h"
#include "lossgrid/backend.h"

#define net_evaluate_loss       LG_SYMBOL(net_evaluate_loss)
#define net_evaluate_activation LG_SYMBOL(net_evaluate_activation)
#define net_evaluate_optimizer  LG_SYMBOL(net_evaluate_optimizer)

long double net_evaluate_loss(struct lg_arena *arena, const struct lg_choice *loss,
                              const struct lg_loss_data *data,
                              double *const gradient[LG_LOSS_INPUTS_MAX]);
long double net_evaluate_activation(struct lg_arena *arena, const struct lg_choice *activation,
                                    size_t batch, size_t features, const double *z,
                                    const double *upstream, double *h, double *dz);
void net_evaluate_optimizer(struct lg_arena *arena, const struct lg_choice *optimizer,
                            const struct lg_replay_data *data, double *after);

#endif
