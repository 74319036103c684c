/* Where everything lies: one walk over the arena, first to measure, then to take. */
#include <assert.h>

#include "engine/net/products.h"
#include "engine/net/target.h"

static size_t padded(size_t count)
{
    const size_t unit = LG_ALIGNMENT / sizeof(real);
    return (count + unit - 1) / unit * unit;
}

static real *take_reals(struct lg_arena *arena, size_t count)
{
    return lg_arena_take(arena, count * sizeof(real));
}

static void place_parameters(struct lg_arena *arena, struct parameters *p, size_t rows,
                             size_t stride, size_t slots)
{
    const size_t count = rows * stride;
    p->rows = rows;
    p->w = take_reals(arena, count);
    for (size_t slot = 0; slot < slots; slot++)
        p->state[slot] = take_reals(arena, count);
}

static void place_nonzero(struct lg_arena *arena, struct nonzero_columns *nonzero, size_t n)
{
    nonzero->index = lg_arena_take(arena, n * sizeof(uint32_t));
    nonzero->bits = lg_arena_take(arena, n * sizeof(uint32_t));
}

static void place_layer(struct lg_arena *arena, struct lg_net *net, struct layer *layer)
{
    const size_t batch = net->config.batch * net->arity;
    place_parameters(arena, &layer->weight, layer->inputs, layer->stride, net->slots);
    place_parameters(arena, &layer->bias, 1, layer->stride, net->slots);
    layer->z = take_reals(arena, batch * layer->stride);
    layer->h = take_reals(arena, batch * layer->stride);
    layer->dz = take_reals(arena, batch * layer->stride);
    layer->active = lg_arena_take(arena, batch * sizeof *layer->active);
    layer->active_index = lg_arena_take(arena, batch * layer->inputs * sizeof(uint32_t));
    layer->active_value = take_reals(arena, batch * padded(layer->inputs));
    place_nonzero(arena, &layer->nonzero, layer->inputs);
    layer->nonzero_x = layer->active_value; /* a layer has one or the other */
    layer->moved = lg_arena_take(arena, layer->inputs * sizeof(bool));
    for (size_t b = 0; layer->active && b < batch; b++) {
        layer->active[b].index = layer->active_index + b * layer->inputs;
        layer->active[b].value = layer->active_value + b * layer->inputs;
    }
}

static void place_work_space(struct lg_arena *arena, struct lg_net *net)
{
    const size_t batch = net->config.batch * net->arity;
    size_t widest = padded(net->config.inputs);
    for (size_t l = 0; l < net->config.layer_count; l++)
        if (net->layers[l].stride > widest)
            widest = net->layers[l].stride;
    net->blocks = widest / ROWS_BLOCK + 2;
    net->input = take_reals(arena, batch * net->input_stride);
    net->values = lg_arena_take(arena, batch * sizeof(accumulator));
    const size_t most = widest * GRADIENT_ROWS;
    net->gradient = take_reals(arena, most > GRADIENT_ENTRIES ? most : GRADIENT_ENTRIES);
    net->row = take_reals(arena, widest);
    net->packing = take_reals(arena, gemm_scratch_reals(batch > widest ? batch : widest));
    place_nonzero(arena, &net->nonzero, widest);
    net->nonzero_dz = take_reals(arena, batch * widest);
    net->dx = take_reals(arena, batch * widest);
    net->rows = lg_arena_take(arena, widest * sizeof(uint32_t));
    net->outer_row = lg_arena_take(arena, widest * sizeof(uint32_t));
    net->outer_factor = take_reals(arena, widest);
    net->row_at = lg_arena_take(arena, batch * sizeof(uint32_t));
    net->row_count = lg_arena_take(arena, batch * sizeof(uint32_t));
    net->live = lg_arena_take(arena, batch * net->blocks * sizeof(uint32_t));
    net->live_at = lg_arena_take(arena, batch * sizeof(uint32_t));
    net->live_count = lg_arena_take(arena, batch * sizeof(size_t));
    net->touched = lg_arena_take(arena, net->blocks * sizeof(bool));
    net->runs = lg_arena_take(arena, 2 * net->blocks * sizeof(uint32_t));
    struct columns *columns = &net->columns;
    columns->input = lg_arena_take(arena, widest * sizeof(uint32_t));
    columns->start = lg_arena_take(arena, (widest + 1) * sizeof(uint32_t));
    columns->sample = lg_arena_take(arena, batch * widest * sizeof(uint32_t));
    columns->value = take_reals(arena, batch * widest);
    columns->end = lg_arena_take(arena, widest * sizeof(uint32_t));
    net->captured = take_reals(arena, net->outputs);
}

static void configure(struct lg_net *net, const struct lg_net_config *config)
{
    net->config = *config;
    net->loss = registry_loss(config->loss.index);
    for (size_t t = 0; t < config->term_count; t++)
        net->terms[t] = registry_loss(config->terms[t].loss.index);
    net->optimizer = registry_optimizer(config->optimizer.index);
    net->slots = net->optimizer->slots ? net->optimizer->slots(&config->optimizer.options) : 0;
    net->zero_gradient = net->optimizer->zero_gradient
                             ? net->optimizer->zero_gradient(&config->optimizer.options)
                             : ZERO_MOVES;
    const int rate = lg_option_find(&net->optimizer->info, "lr");
    net->learning_rate = rate < 0 ? SIZE_MAX : (size_t)rate;
    net->arity = config->task == LG_TASK_TRIPLET                                ? 3
                 : config->task == LG_TASK_PAIR || config->task == LG_TASK_RANK ? 2
                                                                                : 1;
    assert(net->slots <= OPTIMIZER_SLOTS_MAX && config->metric_count <= LG_METRICS_MAX);
    for (size_t m = 0; m < config->metric_count; m++) {
        net->metrics[m] = registry_loss(config->metrics[m]);
        net->metric_options[m] = lg_options_default(&net->metrics[m]->info);
    }
    net->input_stride = padded(config->inputs);
    size_t inputs = config->inputs;
    for (size_t l = 0; l < config->layer_count; l++) {
        struct layer *layer = &net->layers[l];
        layer->inputs = inputs;
        layer->outputs = config->layers[l].outputs;
        layer->stride = padded(layer->outputs);
        layer->activation = registry_activation(config->layers[l].activation.index);
        layer->activation_options = config->layers[l].activation.options;
        inputs = layer->outputs;
    }
    net->outputs = inputs;
}

struct lg_net *net_create(struct lg_arena *arena, const struct lg_net_config *config)
{
    assert(config->layer_count > 0 && config->layer_count <= LG_LAYERS_MAX && config->batch > 0);
    struct lg_net measured = {0};
    struct lg_net *placed = lg_arena_take(arena, sizeof *placed);
    struct lg_net *net = placed ? placed : &measured;
    configure(net, config);
    for (size_t l = 0; l < config->layer_count; l++)
        place_layer(arena, net, &net->layers[l]);
    place_work_space(arena, net);
    if (config->term_count > 0) {
        const size_t rows = config->batch * net->arity;
        net->term_values = lg_arena_take(arena, config->batch * sizeof(accumulator));
        net->term_gradient = take_reals(arena, rows * net->layers[config->layer_count - 1].stride);
    }
    target_place(arena, net);
    net_place_collected(arena, net);
    for (size_t l = 0; l < config->layer_count; l++) {
        net->layers[l].x = l ? net->layers[l - 1].h : net->input;
        net->layers[l].x_stride = l ? net->layers[l - 1].stride : net->input_stride;
    }
    return placed;
}
