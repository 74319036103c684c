#include <assert.h>
#include <string.h>

#include "engine/net/net.h"

static size_t sample_at(const struct lg_pass *pass, size_t position)
{
    return pass->order ? pass->order[position] : position;
}

/* Pixels of `batch` samples from `position` on, as reals, into net->input. */
static void load_batch(struct lg_net *net, const struct lg_pass *pass, size_t position,
                       size_t batch)
{
    const size_t features = net->config.inputs;
    for (size_t b = 0; b < batch; b++) {
        const uint8_t *pixels = pass->images->pixels + sample_at(pass, position + b) * features;
        real *x = net->input + b * net->input_stride;
        for (size_t i = 0; i < features; i++)
            x[i] = (real)pixels[i] / 255;
    }
}

/* The last layer's outputs beside their targets: an autoencoder's are its inputs. */
static struct loss_batch outputs_of(const struct lg_net *net, size_t batch)
{
    const struct layer *last = &net->layers[net->config.layer_count - 1];
    assert(last->outputs == net->config.inputs && last->stride == net->input_stride);
    return (struct loss_batch){
        .prediction = {last->h},
        .target = net->input,
        .batch = batch,
        .features = last->outputs,
        .stride = last->stride,
        .target_stride = net->input_stride,
    };
}

static double add_values(double sum, const double *values, size_t count)
{
    for (size_t b = 0; b < count; b++)
        sum += values[b];
    return sum;
}

/* Returns whether the loss so far is finite. */
static bool add_losses(struct lg_net *net, const struct loss_batch *at, struct lg_sums *sums)
{
    net->loss->value(&net->config.loss.options, at, net->values);
    sums->loss = add_values(sums->loss, net->values, at->batch);
    for (size_t m = 0; m < net->config.metric_count; m++) {
        net->metrics[m]->value(&net->metric_options[m], at, net->values);
        sums->metrics[m] = add_values(sums->metrics[m], net->values, at->batch);
    }
    sums->samples += at->batch;
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
    const struct layer *last = &net->layers[net->config.layer_count - 1];
    const size_t end = pass->first + pass->count;
    size_t steps = 0;
    for (size_t position = pass->first; position < end && !net->has_diverged;) {
        const size_t left = end - position;
        const size_t batch = left < net->config.batch ? left : net->config.batch;
        load_batch(net, pass, position, batch);
        net->steps++;
        bool finite = net_forward(net, batch);
        const struct loss_batch at = outputs_of(net, batch);
        if (finite) {
            finite = add_losses(net, &at, sums);
            capture(net, pass, position, batch);
            net->loss->gradient(&net->config.loss.options, &at, (real *[]){last->dz, NULL, NULL});
            finite = finite && net_backward(net, batch);
        }
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

void net_evaluate(struct lg_net *net, const struct lg_pass *pass, struct lg_sums *sums)
{
    const size_t end = pass->first + pass->count;
    for (size_t position = pass->first; position < end;) {
        const size_t left = end - position;
        const size_t batch = left < net->config.batch ? left : net->config.batch;
        load_batch(net, pass, position, batch);
        net_forward(net, batch);
        const struct loss_batch at = outputs_of(net, batch);
        add_losses(net, &at, sums);
        position += batch;
    }
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
