#include "engine/net/target.h"

#include <assert.h>

static const struct layer *last_layer(const struct lg_net *net)
{
    return &net->layers[net->config.layer_count - 1];
}

/* Outputs that a prediction has. */
static size_t features_of(const struct lg_net *net)
{
    return last_layer(net)->outputs / (net->loss->shape.inputs / net->arity);
}

static bool targets_are_inputs(const struct lg_net *net)
{
    return net->config.task == LG_TASK_RECONSTRUCT;
}

static bool is_wanted(const struct lg_net *net, enum lg_target kind)
{
    bool wanted = net->loss->shape.target == kind;
    for (size_t t = 0; t < net->config.term_count; t++)
        wanted |= net->terms[t]->shape.target == kind;
    for (size_t m = 0; m < net->config.metric_count; m++)
        wanted |= net->metrics[m]->shape.target == kind;
    return wanted && kind != LG_TARGET_NONE && !targets_are_inputs(net);
}

void target_place(struct lg_arena *arena, struct lg_net *net)
{
    for (size_t kind = 0; kind < TARGET_KINDS; kind++)
        if (is_wanted(net, (enum lg_target)kind))
            net->target[kind] =
                lg_arena_take(arena, net->config.batch * last_layer(net)->stride * sizeof(real));
}

/* One sample's target by its label. One output alone is that of the second of two classes. */
static void fill_class(enum lg_target kind, size_t features, unsigned label, real *target)
{
    const real off = kind == LG_TARGET_SIGNS ? -1 : 0;
    switch (kind) {
    case LG_TARGET_CLASS:
        target[0] = (real)label;
        return;
    case LG_TARGET_CLASSES:
        for (size_t o = 0; o < features; o++)
            target[o] = -1;
        target[0] = (real)label;
        return;
    default:
        for (size_t o = 0; o < features; o++)
            target[o] = label == (features == 1 ? 1 : o) ? 1 : off;
    }
}

static unsigned label_at(const struct lg_pass *pass, const uint32_t *list, size_t position)
{
    return pass->images->labels[list ? list[position] : position];
}

void target_fill(struct lg_net *net, const struct lg_pass *pass, size_t position, size_t batch)
{
    const size_t features = features_of(net), stride = last_layer(net)->stride;
    for (size_t kind = 0; kind < TARGET_KINDS; kind++) {
        if (!net->target[kind])
            continue;
        for (size_t b = 0; b < batch; b++) {
            real *target = net->target[kind] + b * stride;
            const unsigned label = label_at(pass, pass->order, position + b);
            if (net->config.task == LG_TASK_CLASSIFY) {
                fill_class((enum lg_target)kind, features, label, target);
                continue;
            }
            const unsigned other = label_at(pass, pass->paired[0], position + b);
            const bool yes = net->config.task == LG_TASK_PAIR ? label == other : label > other;
            for (size_t o = 0; o < (kind == LG_TARGET_PAIR ? 1 : features); o++)
                target[o] = yes ? 1 : -1;
        }
    }
}

struct loss_batch target_batch(const struct lg_net *net, const struct lg_loss_shape *shape,
                               size_t batch)
{
    const struct layer *last = last_layer(net);
    const size_t features = features_of(net);
    struct loss_batch at = {
        .batch = batch,
        .features = features,
        .stride = last->stride,
        .target = targets_are_inputs(net) ? net->input : net->target[shape->target],
        .target_stride = targets_are_inputs(net) ? net->input_stride : last->stride,
    };
    assert(at.target || shape->target == LG_TARGET_NONE);
    for (size_t p = 0; p < shape->inputs; p++) /* other samples' rows, or columns beside */
        at.prediction[p] = last->h + p * (net->arity > 1 ? batch * last->stride : features);
    return at;
}
