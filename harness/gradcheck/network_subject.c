#include "harness/gradcheck/network_subject.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/gradcheck/backprop.h"
#include "harness/gradcheck/points.h"
#include "harness/gradcheck/samples.h"
#include "harness/spec/registry.h"

/* Draws of samples until one depends on the parameters. */
enum { REDRAWS = 16 };

struct network_own {
    const struct copies *copies;
    enum network_part part;
    size_t batch;
    double l1;
    struct lg_net_config config;
    struct samples samples;
    struct lg_arena arena[COPIES];
    struct lg_net *net[COPIES];
    size_t parameters;            /* of the network, with the layer in front */
    size_t first;                 /* of them, where the subject's vector stands */
    double *all, *before, *after; /* (parameters) */
};

enum lg_status network_sgd(const struct lg_backend *backend, struct lg_choice *sgd,
                           struct lg_error *error)
{
    const enum lg_status status = registry_choose("optimizer", backend->optimizer_count,
                                                  backend->optimizer, "sgd", sgd, error);
    if (status != LG_OK)
        return status;
    const int rate = lg_option_find(backend->optimizer(sgd->index), "lr");
    if (rate < 0)
        return lg_fail(error, LG_FAILED, "the optimizer 'sgd' has no option 'lr'");
    sgd->options.value[rate] = NETWORK_LR;
    return LG_OK;
}

/* ---- The function -------------------------------------------------------- */

static struct lg_net *net_at(struct subject *subject, enum copy copy, const double *x)
{
    struct network_own *own = subject->own;
    memcpy(own->all + own->first, x, subject->size * sizeof *x);
    own->copies->backend[copy]->set_parameters(own->net[copy], own->all);
    return own->net[copy];
}

static long double value(struct subject *subject, enum copy copy, const double *x)
{
    struct network_own *own = subject->own;
    const struct lg_pass pass = samples_pass(&own->samples, 0, own->batch);
    struct lg_net *net = net_at(subject, copy, x);
    long double sum = 0;
    for (size_t i = 0; own->l1 > 0 && i < subject->size; i++)
        sum += (long double)(x[i] < 0 ? -x[i] : x[i]);
    return own->copies->backend[copy]->batch_loss(net, &pass) + (long double)own->l1 * sum;
}

static void gradient(struct subject *subject, enum copy copy, const double *x, size_t batch,
                     double *to)
{
    struct network_own *own = subject->own;
    const struct lg_backend *backend = own->copies->backend[copy];
    const struct lg_pass pass = samples_pass(&own->samples, batch, own->batch);
    struct lg_sums sums = {0};
    struct lg_net *net = net_at(subject, copy, x);
    backend->parameters(net, own->before);
    backend->train(net, &pass, &sums);
    backend->parameters(net, own->after);
    for (size_t i = 0; i < subject->size; i++)
        to[i] = (own->before[own->first + i] - own->after[own->first + i]) / NETWORK_LR;
}

/* The same by plain backpropagation (backprop.h). */
static enum lg_status second(struct subject *subject, double *to, struct lg_error *error)
{
    struct network_own *own = subject->own;
    const struct lg_pass pass = samples_pass(&own->samples, 0, own->batch);
    struct backprop result;
    memcpy(own->all + own->first, subject->point, subject->size * sizeof *own->all);
    const enum lg_status status = backprop_measure(&own->config, own->all, &pass, &result, error);
    for (size_t i = 0; i < subject->size && status == LG_OK; i++)
        to[i] = (double)result.gradient[own->first + i];
    if (status == LG_OK)
        backprop_free(&result);
    return status;
}

const struct samples *network_samples(const struct subject *subject)
{
    return &((const struct network_own *)subject->own)->samples;
}

const struct lg_net_config *network_config(const struct subject *subject)
{
    return &((const struct network_own *)subject->own)->config;
}

static void free_own(struct subject *subject)
{
    struct network_own *own = subject->own;
    if (own == NULL)
        return;
    for (int copy = 0; copy < COPIES; copy++)
        lg_arena_destroy(&own->arena[copy]);
    samples_free(&own->samples);
    free(own->all);
    free(own->before);
    free(own->after);
    free(own);
}

/* ---- Its parts ----------------------------------------------------------- */

/* The network as it is checked: nothing between the gradient and the parameters. */
static enum lg_status checked_config(const struct network_request *request,
                                     const struct lg_backend *backend, struct lg_net_config *config,
                                     struct lg_error *error)
{
    struct lg_choice identity = {.index = 0};
    *config = request->config;
    config->metric_count = 0;
    config->has_schedule = false;
    config->clip_value = config->clip_norm = 0;
    enum lg_status status = network_sgd(backend, &config->optimizer, error);
    if (status == LG_OK)
        status = registry_choose("activation", backend->activation_count, backend->activation,
                                 "identity", &identity, error);
    if (status == LG_OK && request->part == NETWORK_INPUT) {
        memmove(config->layers + 1, config->layers, config->layer_count * sizeof *config->layers);
        config->layers[0] = (struct lg_layer_config){config->inputs, identity};
        config->layer_count++;
        config->l1 = 0;
    }
    return status;
}

static enum lg_status create_nets(struct network_own *own, const struct lg_net_config *config,
                                  struct lg_error *error)
{
    enum lg_status status = LG_OK;
    for (int copy = 0; copy < COPIES && status == LG_OK; copy++) {
        const struct lg_backend *backend = own->copies->backend[copy];
        struct lg_arena measured = {0};
        backend->create(&measured, config);
        status = lg_arena_create(&own->arena[copy], measured.used_bytes, error);
        if (status == LG_OK)
            own->net[copy] = backend->create(&own->arena[copy], config);
    }
    return status;
}

static void name_blocks(struct subject *subject, const struct lg_net_config *config)
{
    size_t first = 0, inputs = config->inputs;
    for (size_t l = 0; l < config->layer_count; l++) {
        const size_t outputs = config->layers[l].outputs;
        struct gradient_block *weight = &subject->blocks[2 * l], *bias = weight + 1;
        *weight = (struct gradient_block){.first = first, .rows = outputs, .columns = inputs};
        first += outputs * inputs;
        *bias = (struct gradient_block){.first = first, .rows = 1, .columns = outputs};
        first += outputs;
        snprintf(weight->name, sizeof weight->name, "layer %zu weight", l + 1);
        snprintf(bias->name, sizeof bias->name, "layer %zu bias", l + 1);
        inputs = outputs;
    }
    subject->size = first;
    subject->block_count = 2 * config->layer_count;
}

/* Weights that are all 0 let no input through, and a penalty has a kink at 0: such ones
 * are moved away from it. */
static void move_from_zero(const struct network_own *own, double *parameters, size_t count,
                           uint64_t seed)
{
    struct lg_pcg pcg = lg_pcg_seed(seed, 6);
    bool zero = true;
    for (size_t i = 0; i < count; i++)
        zero = zero && parameters[i] == 0;
    for (size_t i = 0; zero && i < count; i++)
        parameters[i] = points_draw(&pcg, -0.25, 0.25);
    for (size_t i = 0; own->l1 > 0 && i < count; i++)
        parameters[i] += parameters[i] < 0 ? -0x1p-5 : 0x1p-5;
}

/* The identity layer's weight, the initialised network behind it, and its bias, the
 * shift, as the subject's vector. */
static enum lg_status draw_parameters(struct network_own *own,
                                      const struct network_request *request, struct lg_error *error)
{
    const struct lg_backend *backend = own->copies->backend[COPY_F64];
    const size_t inputs = request->config.inputs;
    const size_t front = request->part == NETWORK_INPUT ? inputs * inputs + inputs : 0;
    struct lg_net_config config = request->config;
    struct lg_arena arena = {0};
    enum lg_status status = network_sgd(backend, &config.optimizer, error);
    if (status != LG_OK)
        return status;
    backend->create(&arena, &config);
    status = lg_arena_create(&arena, arena.used_bytes, error);
    if (status != LG_OK)
        return status;
    struct lg_net *net = backend->create(&arena, &config);
    backend->initialise(net, &request->how);
    backend->parameters(net, own->all + front);
    lg_arena_destroy(&arena);
    for (size_t i = 0; i < front; i++)
        own->all[i] = i < inputs * inputs && i % inputs == i / inputs ? 1 : 0;
    for (size_t i = front; i < own->parameters; i++)
        own->all[i] = points_round(own->all[i]);
    if (strcmp(request->kind, "network") == 0)
        move_from_zero(own, own->all + front, own->parameters - front, request->seed);
    return LG_OK;
}

static bool take(struct subject *subject, struct network_own *own,
                 const struct lg_net_config *config)
{
    own->parameters = subject->size;
    if (own->part == NETWORK_INPUT) {
        own->first = config->inputs * config->inputs;
        subject->size = config->inputs;
        subject->block_count = 1;
        subject->blocks[0] = (struct gradient_block){"input", 0, 1, config->inputs};
    }
    assert(own->parameters > 0 && subject->size > 0);
    own->all = malloc(own->parameters * sizeof *own->all);
    own->before = malloc(own->parameters * sizeof *own->before);
    own->after = malloc(own->parameters * sizeof *own->after);
    subject->point = malloc(subject->size * sizeof *subject->point);
    return own->all != NULL && own->before != NULL && own->after != NULL && subject->point != NULL;
}

static bool draw_samples(struct network_own *own, const struct lg_net_config *config, uint64_t seed)
{
    samples_free(&own->samples);
    return samples_draw(&own->samples, config->task, 2 * config->batch + 1, config->inputs,
                        config->classes > 0 ? config->classes : 10, seed);
}

/* Samples on which the loss depends on the vector: a hinge's may all be satisfied. */
static enum lg_status find_samples(struct subject *subject, const struct lg_net_config *config,
                                   uint64_t seed, struct lg_error *error)
{
    struct network_own *own = subject->own;
    double *slope = malloc(subject->size * sizeof *slope);
    bool alive = false;
    if (slope == NULL)
        return points_no_memory(subject, error);
    for (subject->seed = seed; !alive && subject->seed < seed + REDRAWS; subject->seed++) {
        if (!draw_samples(own, config, subject->seed)) {
            free(slope);
            return points_no_memory(subject, error);
        }
        subject->gradient(subject, COPY_F64, subject->point, 0, slope);
        for (size_t i = 0; i < subject->size; i++)
            alive = alive || slope[i] != 0;
    }
    subject->seed--;
    free(slope);
    return LG_OK;
}

static enum lg_status fill(struct subject *subject, const struct network_request *request,
                           const struct lg_net_config *config, struct lg_error *error)
{
    struct network_own *own = subject->own;
    enum lg_status status = create_nets(own, config, error);
    if (status == LG_OK)
        status = draw_parameters(own, request, error);
    if (status != LG_OK) {
        subject_free(subject);
        return status;
    }
    memcpy(subject->point, own->all + own->first, subject->size * sizeof *subject->point);
    return find_samples(subject, config, request->seed, error);
}

enum lg_status network_subject(const struct copies *copies, const struct network_request *request,
                               struct subject *subject, struct lg_error *error)
{
    struct lg_net_config config;
    const enum lg_status chosen =
        checked_config(request, copies->backend[COPY_F64], &config, error);
    *subject = (struct subject){.kind = NULL};
    if (chosen != LG_OK)
        return chosen;
    struct network_own *own = calloc(1, sizeof *own);
    *subject = (struct subject){.kind = request->kind,
                                .step = 0x1p-7,
                                .batches = config.batch + 1,
                                .value = value,
                                .gradient = gradient,
                                .second = second,
                                .free = free_own,
                                .own = own};
    if (own == NULL)
        return points_no_memory(subject, error);
    snprintf(subject->name, sizeof subject->name, "%s", request->name);
    snprintf(subject->options, sizeof subject->options, "%s", request->options);
    own->copies = copies;
    own->part = request->part;
    own->batch = config.batch;
    own->l1 = config.l1;
    own->config = config;
    name_blocks(subject, &config);
    if (!take(subject, own, &config))
        return points_no_memory(subject, error);
    return fill(subject, request, &config, error);
}
