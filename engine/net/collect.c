/* Steps that need a whole gradient before any parameter moves: gradients that are
 * clipped or penalised, block optimizers, and batch methods.
 *
 * backward() sends gradients to `collector`, an optimizer that moves nothing: its one
 * state vector is the gradient in memory. */
#include <string.h>

#include "engine/kernel/lanes.h"
#include "engine/net/target.h"
#include "engine/optimizer/sums.h"

static size_t one_slot(const struct lg_options *options)
{
    (void)options;
    return 1;
}

static enum zero_gradient zero_is_nothing(const struct lg_options *options)
{
    (void)options;
    return ZERO_IS_NOTHING; /* the gradient starts as 0 */
}

static void store(const struct optimizer_step *now, size_t n, real *restrict w,
                  struct gradient gradient, real *const *state)
{
    (void)now;
    (void)w;
    real *restrict to = state[0];
    for (size_t i = 0; i < n; i++)
        to[i] = gradient_at(gradient.factor, gradient.direction, i);
}

UPDATE_OUTER(store)

static const struct optimizer collector = {
    .slots = one_slot,
    .zero_gradient = zero_is_nothing,
    .update = store,
    .update_outer = store_outer,
};

bool net_collects(const struct lg_net *net)
{
    const struct lg_net_config *c = &net->config;
    return !net->optimizer->update || c->clip_value > 0 || c->clip_norm > 0 || c->l1 > 0;
}

/* Every block of parameters, weights and biases in turn. */
static struct parameters *block_at(struct lg_net *net, size_t index, const struct layer **layer)
{
    *layer = &net->layers[index / 2];
    return index % 2 ? &net->layers[index / 2].bias : &net->layers[index / 2].weight;
}

static size_t block_count(const struct lg_net *net)
{
    return 2 * net->config.layer_count;
}

static size_t largest(size_t a, size_t b)
{
    return a > b ? a : b;
}

static void place_block_state(struct lg_arena *arena, struct lg_net *net)
{
    const struct lg_options *options = &net->config.optimizer.options;
    size_t scratch = 0;
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        struct parameters *p = block_at(net, b, &layer);
        p->block_reals = net->optimizer->block_reals(options, p->rows, layer->outputs, b % 2);
        p->block_state = lg_arena_take(arena, p->block_reals * sizeof(real));
        scratch = largest(scratch, optimizer_scratch_reals(net->optimizer, options, p->rows,
                                                           layer->outputs, b % 2));
    }
    net->scratch = lg_arena_take(arena, scratch * sizeof(real));
}

void net_place_collected(struct lg_arena *arena, struct lg_net *net)
{
    net->sink = net->optimizer;
    net->sink_slots = net->slots;
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        struct parameters *p = block_at(net, b, &layer);
        p->sink = p->state;
        if (net_collects(net)) {
            p->gradient = lg_arena_take(arena, p->rows * layer->stride * sizeof(real));
            p->sink = &p->gradient;
        }
    }
    if (!net_collects(net))
        return;
    net->sink = &collector;
    net->sink_slots = 1;
    net->zero_gradient = ZERO_IS_NOTHING;
    if (net->optimizer->update_block)
        place_block_state(arena, net);
    if (net->optimizer->minimise) {
        const size_t n = net_parameter_count(net);
        net->problem_reals = net->optimizer->problem_reals(&net->config.optimizer.options, n);
        net->problem_state = lg_arena_take(arena, net->problem_reals * sizeof(real));
        net->problem_w = lg_arena_take(arena, n * sizeof(real));
        net->problem_gradient = lg_arena_take(arena, n * sizeof(real));
    }
}

/* Add the penalty's derivative, then clip entries. */
static void shape_entries(struct lg_net *net)
{
    const real l1 = (real)net->config.l1, most = (real)net->config.clip_value;
    if (l1 > 0)
        net_note(net, LG_PATH_PENALTY);
    if (most > 0)
        net_note(net, LG_PATH_CLIP_VALUE);
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        for (size_t row = 0; row < p->rows; row++) {
            real *restrict g = p->gradient + row * layer->stride;
            const real *restrict w = p->w + row * layer->stride;
            for (size_t i = 0; l1 > 0 && i < layer->outputs; i++)
                g[i] += w[i] > 0 ? l1 : w[i] < 0 ? -l1 : 0;
            for (size_t i = 0; most > 0 && i < layer->outputs; i++)
                g[i] = g[i] > most ? most : g[i] < -most ? -most : g[i];
        }
    }
}

/* The sum of the squares of the whole gradient times `unit`, a power of two. */
static accumulator squared_norm(struct lg_net *net, accumulator unit)
{
    accumulator sum = 0;
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        for (size_t row = 0; row < p->rows; row++) {
            const real *g = p->gradient + row * layer->stride;
            struct lanes lanes = {{0}};
            for (size_t i = 0; i < layer->outputs; i++)
                lanes.sum[i % VIRTUAL_LANES] +=
                    (unit * (accumulator)g[i]) * (unit * (accumulator)g[i]);
            sum += lanes_total(&lanes);
        }
    }
    return sum;
}

/* Scale the gradient down to the largest norm, as PyTorch's clip_grad_norm_ does. */
static void clip_norm(struct lg_net *net)
{
    accumulator squares = squared_norm(net, 1), unit = 1;
    if (squares > ACCUMULATOR_MAX) { /* of numbers that are finite all of them */
        unit = SUMS_DOWN;
        squares = squared_norm(net, unit);
    }
    const accumulator scale =
        net->config.clip_norm * unit / (accumulator_sqrt(squares) + 1e-6 * unit);
    if (!(scale < 1))
        return;
    const bool is_tiny = (real)scale < REAL_LEAST;
    net_note(net, LG_PATH_CLIP_NORM);
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        for (size_t i = 0; i < p->rows * layer->stride; i++)
            p->gradient[i] = is_tiny ? (real)((accumulator)p->gradient[i] * scale)
                                     : p->gradient[i] * (real)scale;
    }
}

/* Forward pass, loss and gradient of the batch at the present parameters. */
static bool collect(struct lg_net *net, size_t batch)
{
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        memset(p->gradient, 0, p->rows * layer->stride * sizeof *p->gradient);
    }
    if (!net_backward(net, batch * net->arity))
        return false;
    shape_entries(net);
    if (net->config.clip_norm > 0)
        clip_norm(net);
    return true;
}

static void step_elementwise(struct lg_net *net, const struct optimizer_step *now)
{
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        for (size_t row = 0; row < p->rows; row++) {
            const size_t at = row * layer->stride;
            real *state[OPTIMIZER_SLOTS_MAX];
            for (size_t slot = 0; slot < net->slots; slot++)
                state[slot] = p->state[slot] + at;
            net->optimizer->update(now, layer->outputs, p->w + at,
                                   (struct gradient){1, p->gradient + at}, state);
        }
    }
}

static void step_blocks(struct lg_net *net, const struct lg_options *options,
                        const struct optimizer_step *now)
{
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        const struct block block = {
            .rows = p->rows,
            .columns = layer->outputs,
            .stride = layer->stride,
            .is_bias = b % 2,
            .w = p->w,
            .gradient = p->gradient,
            .state = p->block_state,
            .scratch = net->scratch,
        };
        net->optimizer->update_block(options, now, &block);
    }
}

/* ---- Batch methods --------------------------------------------------------------- */

enum direction { INTO_VECTOR, OUT_OF_VECTOR };

/* Parameters, or the gradient, as one vector without padding, and back. */
static void move_vector(struct lg_net *net, real *vector, bool is_gradient,
                        enum direction direction)
{
    for (size_t b = 0; b < block_count(net); b++) {
        const struct layer *layer;
        const struct parameters *p = block_at(net, b, &layer);
        for (size_t row = 0; row < p->rows; row++) {
            real *own = (is_gradient ? p->gradient : p->w) + row * layer->stride;
            if (direction == INTO_VECTOR)
                memcpy(vector, own, layer->outputs * sizeof *own);
            else
                memcpy(own, vector, layer->outputs * sizeof *own);
            vector += layer->outputs;
        }
    }
}

struct trial {
    struct lg_net *net;
    size_t batch;
};

/* NaN where the forward pass or the gradient is not finite. */
static void evaluate(struct problem *problem)
{
    const struct trial *trial = problem->context;
    struct lg_net *net = trial->net;
    move_vector(net, problem->w, false, OUT_OF_VECTOR);
    net_enter(net, LG_PHASE_FORWARD);
    bool finite = net_forward(net, trial->batch * net->arity);
    if (finite) {
        net_enter(net, LG_PHASE_LOSS);
        const struct loss_batch at = target_batch(net, &net->loss->shape, trial->batch);
        accumulator sum = 0, weight = 0;
        problem->loss = net_loss(net, &at, &sum, &weight);
        net_loss_gradient(net, trial->batch);
        net_enter(net, LG_PHASE_BACKWARD);
        finite = collect(net, trial->batch);
        move_vector(net, problem->gradient, true, INTO_VECTOR);
    }
    net_enter(net, LG_PHASE_UPDATE);
    if (!finite)
        problem->loss = __builtin_nan("");
}

static void step_problem(struct lg_net *net, const struct lg_options *options, size_t batch)
{
    struct trial trial = {net, batch};
    struct problem problem = {
        .n = net_parameter_count(net),
        .w = net->problem_w,
        .gradient = net->problem_gradient,
        .state = net->problem_state,
        .evaluate = evaluate,
        .context = &trial,
    };
    const struct loss_batch at = target_batch(net, &net->loss->shape, batch);
    accumulator sum = 0, weight = 0;
    net_enter(net, LG_PHASE_LOSS);
    problem.loss = net_loss(net, &at, &sum, &weight);
    net_enter(net, LG_PHASE_UPDATE);
    move_vector(net, problem.w, false, INTO_VECTOR);
    move_vector(net, problem.gradient, true, INTO_VECTOR);
    net->optimizer->minimise(options, net->steps, net->scalars, &problem);
    move_vector(net, problem.w, false, OUT_OF_VECTOR);
}

bool net_step_collected(struct lg_net *net, size_t batch)
{
    if (!collect(net, batch))
        return false;
    const struct lg_options *options = net_options_now(net);
    net_note(net, net->optimizer->minimise       ? LG_PATH_STEP_VECTOR
                  : net->optimizer->update_block ? LG_PATH_STEP_BLOCKS
                                                 : LG_PATH_STEP_ELEMENTWISE);
    if (net->optimizer->minimise) {
        step_problem(net, options, batch);
        return true;
    }
    struct optimizer_step now;
    net_enter(net, LG_PHASE_UPDATE);
    optimizer_begin(net->optimizer, options, net->steps, net->scalars, &now);
    if (net->optimizer->update_block)
        step_blocks(net, options, &now);
    else
        step_elementwise(net, &now);
    return true;
}
