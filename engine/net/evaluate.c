#include "engine/net/evaluate.h"

#include <assert.h>

#include "engine/net/net.h"

/* Rows begin 64 bytes apart, as a layer's do. */
static size_t padded(size_t columns)
{
    const size_t line = LG_ALIGNMENT / sizeof(real);
    return (columns + line - 1) / line * line;
}

static real *take(struct lg_arena *arena, size_t rows, size_t stride)
{
    return lg_arena_take(arena, rows * stride * sizeof(real));
}

static void load(real *to, size_t rows, size_t columns, const double *from)
{
    const size_t stride = padded(columns);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            to[row * stride + i] = (real)from[row * columns + i];
}

static void store(double *to, size_t rows, size_t columns, const real *from)
{
    const size_t stride = padded(columns);
    for (size_t row = 0; row < rows; row++)
        for (size_t i = 0; i < columns; i++)
            to[row * columns + i] = (double)from[row * stride + i];
}

/* ---- Losses -------------------------------------------------------------- */

long double net_evaluate_loss(struct lg_arena *arena, const struct lg_choice *choice,
                              const struct lg_loss_data *data,
                              double *const gradient[LG_LOSS_INPUTS_MAX])
{
    const struct loss *loss = registry_loss(choice->index);
    const size_t inputs = loss->shape.inputs, batch = data->batch, features = data->features;
    real *prediction[LG_LOSS_INPUTS_MAX] = {NULL}, *slope[LG_LOSS_INPUTS_MAX] = {NULL};
    for (size_t i = 0; i < inputs; i++) {
        prediction[i] = take(arena, batch, padded(features));
        slope[i] = take(arena, batch, padded(features));
    }
    real *target = data->target ? take(arena, batch, padded(data->target_features)) : NULL;
    accumulator *values = lg_arena_take(arena, batch * sizeof(accumulator));
    if (!arena->block)
        return 0;
    struct loss_batch at = {
        .target = target,
        .batch = batch,
        .features = features,
        .stride = padded(features),
        .target_stride = target ? padded(data->target_features) : 0,
    };
    for (size_t i = 0; i < inputs; i++) {
        load(prediction[i], batch, features, data->prediction[i]);
        at.prediction[i] = prediction[i];
    }
    if (target)
        load(target, batch, data->target_features, data->target);
    loss->gradient(&choice->options, &at, slope);
    for (size_t i = 0; i < inputs; i++)
        if (gradient[i])
            store(gradient[i], batch, features, slope[i]);
    return (long double)loss_batch_value(loss, &choice->options, &at, values);
}

/* ---- Activations --------------------------------------------------------- */

long double net_evaluate_activation(struct lg_arena *arena, const struct lg_choice *choice,
                                    size_t batch, size_t features, const double *z,
                                    const double *upstream, double *h, double *dz)
{
    const struct activation *activation = registry_activation(choice->index);
    const size_t stride = padded(features);
    real *input = take(arena, batch, stride), *output = take(arena, batch, stride);
    real *incoming = take(arena, batch, stride), *slope = take(arena, batch, stride);
    if (!arena->block)
        return 0;
    load(input, batch, features, z);
    for (size_t b = 0; b < batch * stride; b += stride)
        activation->forward(&choice->options, features, input + b, output + b);
    store(h, batch, features, output);
    if (!upstream)
        return 0;
    load(incoming, batch, features, upstream);
    for (size_t b = 0; b < batch * stride; b += stride)
        activation->backward(&choice->options, features, input + b, output + b, incoming + b,
                             slope + b);
    store(dz, batch, features, slope);
    accumulator sum = 0;
    for (size_t b = 0; b < batch * stride; b += stride)
        for (size_t i = 0; i < features; i++)
            sum += (accumulator)incoming[b + i] * (accumulator)output[b + i];
    return (long double)sum;
}

/* ---- Optimizers ---------------------------------------------------------- */

/* The state of a step of an elementwise or block optimizer. */
struct replay {
    const struct optimizer *optimizer;
    const struct lg_options *options;
    real *slot[OPTIMIZER_SLOTS_MAX]; /* elementwise */
    struct block block;
};

static void place_state(struct lg_arena *arena, struct replay *replay)
{
    const struct optimizer *optimizer = replay->optimizer;
    struct block *block = &replay->block;
    if (!optimizer->update_block) {
        const size_t slots = optimizer->slots(replay->options);
        for (size_t slot = 0; slot < slots; slot++)
            replay->slot[slot] = take(arena, block->rows, block->stride);
        for (size_t slot = 0; slot < slots && arena->block && optimizer->initial_state; slot++)
            for (size_t i = 0; i < block->rows * block->stride; i++)
                replay->slot[slot][i] = optimizer->initial_state(replay->options, slot);
        return;
    }
    block->state =
        take(arena, 1,
             optimizer->block_reals(replay->options, block->rows, block->columns, block->is_bias));
    block->scratch = take(arena, 1,
                          optimizer_scratch_reals(optimizer, replay->options, block->rows,
                                                  block->columns, block->is_bias));
}

static bool state_is_finite(const struct replay *replay)
{
    const struct block *block = &replay->block;
    const size_t size = block->rows * block->stride;
    bool finite = true;
    for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
        finite = finite && (!replay->slot[slot] || row_is_finite(replay->slot[slot], size));
    if (!block->state)
        return finite;
    return finite && row_is_finite(block->state,
                                   replay->optimizer->block_reals(replay->options, block->rows,
                                                                  block->columns, block->is_bias));
}

static void step(struct replay *replay, const struct optimizer_step *now)
{
    const struct block *block = &replay->block;
    if (replay->optimizer->update_block) {
        replay->optimizer->update_block(replay->options, now, block);
        return;
    }
    for (size_t row = 0; row < block->rows; row++) {
        const size_t at = row * block->stride;
        real *state[OPTIMIZER_SLOTS_MAX];
        for (size_t slot = 0; slot < OPTIMIZER_SLOTS_MAX; slot++)
            state[slot] = replay->slot[slot] ? replay->slot[slot] + at : NULL;
        replay->optimizer->update(now, block->columns, block->w + at,
                                  (struct gradient){1, block->gradient + at}, state);
    }
}

/* The parameters that a network would be evaluated at now. */
static const real *evaluated(const struct replay *replay)
{
    const size_t slot = replay->optimizer->evaluated_slot;
    return slot > 0 ? replay->slot[slot - 1] : replay->block.w;
}

/* ---- Batch methods ------------------------------------------------------- */

/* The caller's loss, which speaks in doubles. */
struct caller {
    const struct lg_replay_data *data;
    double *w, *gradient; /* (n) */
};

static void ask_caller(struct problem *problem)
{
    const struct caller *caller = problem->context;
    store(caller->w, 1, problem->n, problem->w);
    problem->loss =
        (accumulator)caller->data->loss(caller->data->context, caller->w, caller->gradient);
    load(problem->gradient, 1, problem->n, caller->gradient);
}

static void minimise_loss(struct lg_arena *arena, const struct optimizer *optimizer,
                          const struct lg_options *options, const struct lg_replay_data *data,
                          double *after)
{
    const size_t n = data->rows * data->columns;
    struct caller caller = {.data = data};
    struct problem problem = {.n = n, .evaluate = ask_caller, .context = &caller};
    accumulator scalars[OPTIMIZER_SCALARS_MAX] = {0};
    problem.w = take(arena, 1, padded(n));
    problem.gradient = take(arena, 1, padded(n));
    problem.state = take(arena, 1, optimizer->problem_reals(options, n));
    caller.w = lg_arena_take(arena, n * sizeof *caller.w);
    caller.gradient = lg_arena_take(arena, n * sizeof *caller.gradient);
    if (!arena->block)
        return;
    load(problem.w, 1, n, data->parameters);
    for (size_t s = 0; s < data->steps; s++) {
        ask_caller(&problem);
        optimizer->minimise(options, s + 1, scalars, &problem);
        store(after + s * n, 1, n, problem.w);
    }
}

void net_evaluate_optimizer(struct lg_arena *arena, const struct lg_choice *choice,
                            const struct lg_replay_data *data, double *after)
{
    struct replay replay = {
        .optimizer = registry_optimizer(choice->index),
        .options = &choice->options,
        .block = {.rows = data->rows,
                  .columns = data->columns,
                  .stride = padded(data->columns),
                  .is_bias = data->is_bias},
    };
    struct block *block = &replay.block;
    if (replay.optimizer->minimise) {
        minimise_loss(arena, replay.optimizer, replay.options, data, after);
        return;
    }
    block->w = take(arena, block->rows, block->stride);
    real *gradient = take(arena, block->rows, block->stride);
    block->gradient = gradient;
    place_state(arena, &replay);
    if (!arena->block)
        return;
    bool is_finite = true;
    const size_t count = data->rows * data->columns;
    accumulator scalars[OPTIMIZER_SCALARS_MAX] = {0};
    load(block->w, data->rows, data->columns, data->parameters);
    for (size_t s = 0; s < data->steps; s++) {
        struct optimizer_step now = {{0}};
        load(gradient, data->rows, data->columns, data->gradients + s * count);
        optimizer_begin(replay.optimizer, replay.options, s + 1, scalars, &now);
        step(&replay, &now);
        store(after + s * count, data->rows, data->columns, block->w);
        if (data->evaluated)
            store(data->evaluated + s * count, data->rows, data->columns, evaluated(&replay));
        is_finite = is_finite && state_is_finite(&replay);
        for (size_t i = 0; i < count && !is_finite; i++) {
            after[s * count + i] = __builtin_nan("");
            if (data->evaluated)
                data->evaluated[s * count + i] = __builtin_nan("");
        }
    }
}
