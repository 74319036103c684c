/* The objective of a step and its options: the loss with its terms, the scheduled rate. */
#include <string.h>

#include "engine/net/target.h"

const struct lg_options *net_options_now(struct lg_net *net)
{
    const struct lg_options *options = &net->config.optimizer.options;
    if (!net->config.has_schedule || net->learning_rate == SIZE_MAX)
        return options;
    const struct schedule *schedule = registry_schedule(net->config.schedule.index);
    net->scheduled = *options;
    double *rate = &net->scheduled.value[net->learning_rate];
    *rate = (double)(*rate * schedule->factor(&net->config.schedule.options, net->steps,
                                              net->config.total_steps));
    return &net->scheduled;
}

/* The samples' values under the loss and the terms that are added to it. */
static void value_with_terms(struct lg_net *net, const struct loss_batch *at)
{
    net->loss->value(&net->config.loss.options, at, net->values);
    for (size_t t = 0; t < net->config.term_count; t++) {
        const struct lg_term *term = &net->config.terms[t];
        const struct loss_batch term_at = target_batch(net, &net->terms[t]->shape, at->batch);
        net->terms[t]->value(&term->loss.options, &term_at, net->term_values);
        for (size_t b = 0; b < at->batch; b++)
            net->values[b] += term->weight * net->term_values[b];
    }
}

accumulator net_loss(struct lg_net *net, const struct loss_batch *at, accumulator *sum,
                     accumulator *weight)
{
    const struct lg_options *options = &net->config.loss.options;
    value_with_terms(net, at);
    const accumulator own = add_values(0, net->values, at->batch);
    *sum = add_values(*sum, net->values, at->batch);
    const accumulator own_weight = loss_weight(net->loss, options, at, net->values);
    *weight += own_weight;
    return options->value[LOSS_REDUCTION] == LOSS_SUM ? own : own / own_weight;
}

static void add_term_gradient(struct lg_net *net, size_t t, size_t batch)
{
    const struct layer *last = &net->layers[net->config.layer_count - 1];
    const struct lg_term *term = &net->config.terms[t];
    const struct loss_batch at = target_batch(net, &net->terms[t]->shape, batch);
    const real weight = (real)term->weight;
    real *gradient[LG_LOSS_INPUTS_MAX] = {NULL};
    /* Of a mean and a variance a term sees the mean alone: the rest is 0. */
    memset(net->term_gradient, 0, batch * net->arity * last->stride * sizeof(real));
    for (size_t p = 0; p < net->terms[t]->shape.inputs; p++)
        gradient[p] = net->term_gradient + (at.prediction[p] - last->h);
    net->terms[t]->gradient(&term->loss.options, &at, gradient);
    for (size_t row = 0; row < batch * net->arity; row++) {
        const real *restrict from = net->term_gradient + row * last->stride;
        real *restrict to = last->dz + row * last->stride;
        for (size_t o = 0; o < last->outputs; o++)
            to[o] += weight * from[o];
    }
}

void net_loss_gradient(struct lg_net *net, size_t batch)
{
    const struct layer *last = &net->layers[net->config.layer_count - 1];
    const struct loss_batch at = target_batch(net, &net->loss->shape, batch);
    real *gradient[LG_LOSS_INPUTS_MAX] = {NULL};
    for (size_t p = 0; p < net->loss->shape.inputs; p++)
        gradient[p] = last->dz + (at.prediction[p] - last->h);
    net->loss->gradient(&net->config.loss.options, &at, gradient);
    for (size_t t = 0; t < net->config.term_count; t++)
        add_term_gradient(net, t, batch);
}
