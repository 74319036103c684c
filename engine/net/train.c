#include <assert.h>
#include <string.h>

#include "engine/net/target.h"

static size_t sample_at(const struct lg_pass *pass, size_t position)
{
    return pass->order ? pass->order[position] : position;
}

/* Pixels of `count` samples from `position` of a list on, as reals, to the rows of
 * net->input from `row` on. */
static void load_rows(struct lg_net *net, const struct lg_pass *pass, const uint32_t *list,
                      size_t position, size_t count, size_t row)
{
    const size_t features = net->config.inputs;
    for (size_t b = 0; b < count; b++) {
        const size_t sample = list ? list[position + b] : position + b;
        const uint8_t *pixels = pass->images->pixels + sample * features;
        real *x = net->input + (row + b) * net->input_stride;
        for (size_t i = 0; i < features; i++)
            x[i] = (real)pixels[i] / 255;
    }
}

/* A loss without targets gets two samples in the order of their labels. */
static void put_smaller_first(struct lg_net *net, const struct lg_pass *pass, size_t position,
                              size_t batch)
{
    const uint8_t *labels = pass->images->labels;
    for (size_t b = 0; b < batch; b++) {
        real *first = net->input + b * net->input_stride;
        real *second = net->input + (batch + b) * net->input_stride;
        if (labels[sample_at(pass, position + b)] > labels[pass->paired[0][position + b]])
            for (size_t i = 0; i < net->config.inputs; i++) {
                const real x = first[i];
                first[i] = second[i];
                second[i] = x;
            }
    }
}

/* The inputs of `batch` samples, pairs or triplets from `position` on: first all first
 * samples, then the second ones, then the third ones. */
static void load_batch(struct lg_net *net, const struct lg_pass *pass, size_t position,
                       size_t batch)
{
    load_rows(net, pass, pass->order, position, batch, 0);
    for (size_t way = 1; way < net->arity; way++)
        load_rows(net, pass, pass->paired[way - 1], position, batch, way * batch);
    if (net->config.task == LG_TASK_RANK && net->loss->shape.target == LG_TARGET_NONE)
        put_smaller_first(net, pass, position, batch);
    target_fill(net, pass, position, batch);
}

/* The class that outputs predict: the first of the largest (of distances, of the smallest),
 * or of one output the second class where it is beyond the middle. SIZE_MAX: one is NaN,
 * and there is no largest. */
static size_t class_of(const struct lg_net *net, const real *y, size_t features)
{
    const bool is_distance = net->loss->shape.is_distance;
    size_t best = 0;
    for (size_t o = 0; o < features; o++) {
        if (y[o] != y[o])
            return SIZE_MAX;
        if (is_distance ? y[o] < y[best] : y[o] > y[best])
            best = o;
    }
    if (features == 1)
        return y[0] > (net->loss->shape.target == LG_TARGET_SIGNS ? 0 : (real)0.5);
    return best;
}

/* Samples whose class_of() is their own. */
static double count_correct(const struct lg_net *net, const struct lg_pass *pass, size_t position,
                            const struct loss_batch *at)
{
    double correct = 0;
    for (size_t b = 0; b < at->batch; b++) {
        const size_t best = class_of(net, at->prediction[0] + b * at->stride, at->features);
        correct += pass->images->labels[sample_at(pass, position + b)] == best;
    }
    return correct;
}

/* Returns whether the loss so far is finite. */
static bool add_losses(struct lg_net *net, const struct lg_pass *pass, size_t position,
                       size_t batch, struct lg_sums *sums)
{
    const struct loss_batch at = target_batch(net, &net->loss->shape, batch);
    accumulator loss = sums->loss, weight = sums->weight;
    net_loss(net, &at, &loss, &weight);
    sums->loss = (double)loss;
    sums->weight = (double)weight;
    for (size_t m = 0; m < net->config.metric_count; m++) {
        const struct loss_batch metric_at = target_batch(net, &net->metrics[m]->shape, batch);
        net->metrics[m]->value(&net->metric_options[m], &metric_at, net->values);
        sums->metrics[m] = (double)add_values(sums->metrics[m], net->values, batch);
    }
    if (net->config.task == LG_TASK_CLASSIFY)
        sums->correct += count_correct(net, pass, position, &at);
    sums->samples += batch;
    return sums->loss - sums->loss == 0;
}

static void capture(struct lg_net *net, const struct lg_pass *pass, size_t position, size_t batch)
{
    const struct layer *last = &net->layers[net->config.layer_count - 1];
    for (size_t b = 0; b < batch; b++)
        if (sample_at(pass, position + b) == pass->capture) {
            memcpy(net->captured, last->h + b * last->stride, last->outputs * sizeof(real));
        }
}

static bool parameters_are_finite(const struct lg_net *net)
{
    bool finite = true;
    for (size_t l = 0; l < net->config.layer_count; l++) {
        const struct layer *layer = &net->layers[l];
        finite &= row_is_finite(layer->weight.w, layer->inputs * layer->stride) &&
                  row_is_finite(layer->bias.w, layer->outputs);
    }
    return finite;
}

size_t net_train(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums)
{
    const size_t end = pass->first + pass->count;
    size_t steps = 0;
    for (size_t position = pass->first; position < end && !net->has_diverged;) {
        const size_t left = end - position;
        const size_t batch = left < net->config.batch ? left : net->config.batch;
        net_begin_phases(net);
        load_batch(net, pass, position, batch);
        net->steps++;
        net_enter(net, LG_PHASE_FORWARD);
        bool finite = net_forward(net, batch * net->arity);
        net_enter(net, LG_PHASE_LOSS);
        if (finite) {
            finite = add_losses(net, pass, position, batch, sums);
            capture(net, pass, position, batch);
            net_loss_gradient(net, batch);
            net_enter(net, LG_PHASE_BACKWARD);
            finite = finite && (net->sink == net->optimizer ? net_backward(net, batch * net->arity)
                                                            : net_step_collected(net, batch));
        }
        net_end_phases(net);
        net->has_diverged = !finite;
        steps += finite;
        position += batch;
    }
    /* A weight that an update made infinite shows in the next forward pass that uses
     * it; one that no later sample used shows here. */
    if (steps > 0 && !net->has_diverged && !parameters_are_finite(net)) {
        net->has_diverged = true;
        steps--;
    }
    return steps;
}

/* Where the parameters to evaluate are a slot of the state: change places with it. */
static void swap_evaluated(struct lg_net *net)
{
    if (!net->optimizer->evaluated_slot)
        return;
    const size_t slot = net->optimizer->evaluated_slot - 1;
    for (size_t l = 0; l < net->config.layer_count; l++) {
        struct parameters *parts[] = {&net->layers[l].weight, &net->layers[l].bias};
        for (size_t p = 0; p < 2; p++) {
            real *w = parts[p]->w;
            parts[p]->w = parts[p]->state[slot];
            parts[p]->state[slot] = w;
        }
    }
}

void net_evaluate(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums)
{
    const size_t end = pass->first + pass->count;
    if (net->steps > 0)
        swap_evaluated(net);
    for (size_t position = pass->first; position < end;) {
        const size_t left = end - position;
        const size_t batch = left < net->config.batch ? left : net->config.batch;
        load_batch(net, pass, position, batch);
        net_forward(net, batch * net->arity);
        add_losses(net, pass, position, batch, sums);
        position += batch;
    }
    if (net->steps > 0)
        swap_evaluated(net);
}

long double net_batch_loss(struct lg_net *net, const struct lg_pass *pass)
{
    assert(pass->count > 0 && pass->count <= net->config.batch);
    load_batch(net, pass, pass->first, pass->count);
    if (!net_forward(net, pass->count * net->arity))
        return (long double)__builtin_nan("");
    const struct loss_batch at = target_batch(net, &net->loss->shape, pass->count);
    accumulator sum = loss_batch_value(net->loss, &net->config.loss.options, &at, net->values);
    for (size_t t = 0; t < net->config.term_count; t++) {
        const struct lg_term *term = &net->config.terms[t];
        const struct loss_batch term_at = target_batch(net, &net->terms[t]->shape, pass->count);
        sum += term->weight *
               loss_batch_value(net->terms[t], &term->loss.options, &term_at, net->values);
    }
    return (long double)sum;
}

bool net_diverged(const struct lg_net *net, uint64_t *step)
{
    *step = net->steps;
    return net->has_diverged;
}

void net_captured_bytes(const struct lg_net *net, uint8_t *bytes)
{
    for (size_t i = 0; i < net->outputs; i++) {
        const real v = net->captured[i];
        const real clamped = v > 0 ? (v < 1 ? v : 1) : 0;
        bytes[i] = (uint8_t)(255 * clamped);
    }
}
