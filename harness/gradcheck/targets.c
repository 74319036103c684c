#include "harness/gradcheck/targets.h"

#include <string.h>

size_t targets_arity(const struct lg_net_config *config)
{
    switch (config->task) {
    case LG_TASK_TRIPLET:
        return 3;
    case LG_TASK_PAIR:
    case LG_TASK_RANK:
        return 2;
    case LG_TASK_RECONSTRUCT:
    case LG_TASK_CLASSIFY:
        break;
    }
    return 1;
}

static size_t sample_of(const struct lg_pass *pass, size_t way, size_t b)
{
    const uint32_t *list = way == 0 ? pass->order : pass->paired[way - 1];
    return list != NULL ? list[pass->first + b] : pass->first + b;
}

static unsigned label_of(const struct lg_pass *pass, size_t way, size_t b)
{
    return pass->images->labels[sample_of(pass, way, b)];
}

void targets_inputs(const struct lg_backend *backend, const struct lg_net_config *config,
                    const struct lg_pass *pass, double *x)
{
    const size_t arity = targets_arity(config);
    const bool ordered = config->task == LG_TASK_RANK &&
                         backend->loss_shape(config->loss.index)->target == LG_TARGET_NONE;
    for (size_t way = 0; way < arity; way++)
        for (size_t b = 0; b < pass->count; b++) {
            /* Without a target the order says which label is larger: the second's. */
            const bool turned = ordered && label_of(pass, 0, b) > label_of(pass, 1, b);
            const size_t sample = sample_of(pass, turned ? 1 - way : way, b);
            for (size_t i = 0; i < config->inputs; i++)
                x[(way * pass->count + b) * config->inputs + i] =
                    pass->images->pixels[sample * config->inputs + i] / 255.0;
        }
}

/* A class as numbers; of one output the second of two classes is 1. */
static void fill_class(enum lg_target kind, size_t columns, size_t features, unsigned label,
                       double *target)
{
    for (size_t o = 0; o < columns; o++) {
        const bool on = features == 1 ? label == 1 : o == label;
        target[o] = kind == LG_TARGET_CLASSES ? -1 : on ? 1 : kind == LG_TARGET_SIGNS ? -1 : 0;
    }
    if (kind == LG_TARGET_CLASS || kind == LG_TARGET_CLASSES)
        target[0] = label;
}

static size_t target_features_of(enum lg_target kind, size_t features)
{
    return kind == LG_TARGET_CLASS || kind == LG_TARGET_PAIR ? 1 : features;
}

static void fill_target(const struct lg_net_config *config, const struct lg_pass *pass,
                        enum lg_target kind, size_t features, double *target)
{
    const size_t columns = target_features_of(kind, features);
    for (size_t b = 0; b < pass->count; b++) {
        double *to = target + b * columns;
        if (config->task == LG_TASK_RECONSTRUCT) {
            for (size_t o = 0; o < features; o++)
                to[o] = pass->images->pixels[sample_of(pass, 0, b) * config->inputs + o] / 255.0;
            continue;
        }
        if (config->task == LG_TASK_CLASSIFY) {
            fill_class(kind, columns, features, label_of(pass, 0, b), to);
            continue;
        }
        const bool yes = config->task == LG_TASK_PAIR ? label_of(pass, 0, b) == label_of(pass, 1, b)
                                                      : label_of(pass, 0, b) > label_of(pass, 1, b);
        for (size_t o = 0; o < columns; o++)
            to[o] = yes ? 1 : -1;
    }
}

void targets_fill(const struct lg_backend *backend, const struct lg_net_config *config,
                  const struct lg_pass *pass, const struct lg_choice *loss, const double *outputs,
                  struct lg_arena *arena, struct targets *targets)
{
    const struct lg_loss_shape *shape = backend->loss_shape(loss->index);
    const size_t columns = config->layers[config->layer_count - 1].outputs;
    const size_t own = backend->loss_shape(config->loss.index)->inputs;
    const size_t arity = targets_arity(config), features = columns / (own / arity);
    const size_t batch = pass->count;
    *targets = (struct targets){
        .data = {.batch = batch, .features = features}, .arity = arity, .inputs = shape->inputs};
    for (size_t p = 0; p < shape->inputs; p++) {
        double *prediction = lg_arena_take(arena, batch * features * sizeof *prediction);
        targets->gradient[p] = lg_arena_take(arena, batch * features * sizeof *prediction);
        targets->data.prediction[p] = prediction;
        const size_t from = arity > 1 ? p * batch * columns : p * features;
        for (size_t b = 0; b < batch && prediction != NULL && outputs != NULL; b++)
            memcpy(prediction + b * features, outputs + from + b * columns,
                   features * sizeof *prediction);
    }
    if (shape->target == LG_TARGET_NONE)
        return;
    targets->data.target_features = target_features_of(shape->target, features);
    double *target = lg_arena_take(arena, batch * features * sizeof *target);
    if (target != NULL)
        fill_target(config, pass, shape->target, features, target);
    static const double measured; /* on a measuring arena: there will be one */
    targets->data.target = target != NULL ? target : &measured;
}

size_t targets_bytes(const struct lg_backend *backend, const struct lg_net_config *config,
                     const struct lg_pass *pass)
{
    size_t bytes = 0;
    for (size_t t = 0; t <= config->term_count; t++) {
        const struct lg_choice *loss = t == 0 ? &config->loss : &config->terms[t - 1].loss;
        struct lg_arena measured = {0};
        struct targets targets;
        targets_fill(backend, config, pass, loss, NULL, &measured, &targets);
        backend->evaluate_loss(&measured, loss, &targets.data, targets.gradient);
        bytes = measured.used_bytes > bytes ? measured.used_bytes : bytes;
    }
    return bytes;
}

void targets_add(const struct targets *targets, double weight, double *to, size_t columns)
{
    const size_t batch = targets->data.batch, features = targets->data.features;
    for (size_t p = 0; p < targets->inputs; p++) {
        double *at = to + (targets->arity > 1 ? p * batch * columns : p * features);
        for (size_t b = 0; b < batch; b++)
            for (size_t o = 0; o < features; o++)
                at[b * columns + o] += weight * targets->gradient[p][b * features + o];
    }
}
