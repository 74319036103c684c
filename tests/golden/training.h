/* The trainings whose digests stand in training.csv: shared by the program that
 * writes the table and the test that reads it. */
#ifndef TESTS_GOLDEN_TRAINING_H
#define TESTS_GOLDEN_TRAINING_H

#include <assert.h>
#include <stdbool.h>
#include <string.h>

#include "lossgrid/backend.h"
#include "lossgrid/order.h"
#include "tests/golden/synthetic.h"

/* 20 steps, or as many as 100 samples give. */
enum {
    TRAINING_STEPS = 20,
    TRAINING_SAMPLES = 100,
    TRAINING_ROWS = 7,
    TRAINING_COLUMNS = 11,
    TRAINING_CLASSES = 10
};

#define TRAINING_HEADER                                                                            \
    "precision,loss,optimizer,options,batch,train_loss,weights_sha256,state_sha256\n"

struct training_digests {
    double loss; /* sum over the samples, before each update */
    char weights[LG_DIGEST_HEX], state[LG_DIGEST_HEX];
};

/* The index of a registry's entry, which must be there. */
static inline size_t training_find(const struct lg_info *(*entry)(size_t index), size_t count,
                                   const char *name)
{
    size_t index = 0;
    while (index < count && strcmp(entry(index)->name, name) != 0)
        index++;
    assert(index < count);
    return index;
}

/* The first task that the loss fits. */
static inline enum lg_task training_task(const struct lg_loss_shape *shape)
{
    const char *why;
    int task = LG_TASK_RECONSTRUCT;
    while (task < LG_TASKS && !lg_task_takes((enum lg_task)task, shape, &why))
        task++;
    assert(task < LG_TASKS);
    return (enum lg_task)task;
}

/* 77-70-37-77: more rows than backward.c's chunk, no width a multiple of a vector;
 * a layer that is dead at zero, and one that is not. */
static inline struct lg_net_config training_config(const struct lg_backend *backend,
                                                   struct lg_choice loss,
                                                   struct lg_choice optimizer, size_t batch)
{
    const size_t relu = training_find(backend->activation, backend->activation_count, "relu");
    const size_t tangent = training_find(backend->activation, backend->activation_count, "tanh");
    const size_t sigmoid = training_find(backend->activation, backend->activation_count, "sigmoid");
    const struct lg_loss_shape *shape = backend->loss_shape(loss.index);
    const enum lg_task task = training_task(shape);
    const size_t inputs = TRAINING_ROWS * TRAINING_COLUMNS;
    const size_t outputs = lg_task_outputs(task, shape, inputs, TRAINING_CLASSES);
    return (struct lg_net_config){
        .inputs = TRAINING_ROWS * TRAINING_COLUMNS,
        .layer_count = 3,
        .layers = {{70, {.index = relu}},
                   {37, {.index = tangent}},
                   {outputs ? outputs : TRAINING_CLASSES, {.index = sigmoid}}},
        .task = task,
        .classes = TRAINING_CLASSES,
        .batch = batch,
        .loss = loss,
        .optimizer = optimizer,
    };
}

/* Train from Torch7's initialisation, in a shuffled order; the last of several-sample
 * steps is short. Returns false when memory is. */
static inline bool training_run(const struct lg_backend *backend, struct lg_choice loss,
                                struct lg_choice optimizer, size_t batch,
                                struct training_digests *digests)
{
    enum { IMAGES = 160 };
    const struct lg_net_config config = training_config(backend, loss, optimizer, batch);
    const size_t wanted = TRAINING_STEPS * batch - batch / 2;
    const size_t count = wanted < TRAINING_SAMPLES ? wanted : TRAINING_SAMPLES;
    struct lg_images images = synthetic_images(1, IMAGES, TRAINING_ROWS, TRAINING_COLUMNS);
    uint32_t order[IMAGES], paired[2][IMAGES];
    uint8_t labels[IMAGES];
    images.labels = labels;
    for (size_t i = 0; i < IMAGES; i++) {
        labels[i] = (uint8_t)(i % TRAINING_CLASSES);
        paired[0][i] = (uint32_t)((i * 7 + 3) % IMAGES);
        paired[1][i] = (uint32_t)((i * 11 + 5) % IMAGES);
    }
    lg_order_shuffle(order, IMAGES, 1, 1);
    const size_t uniform =
        training_find(backend->initialisation, backend->initialisation_count, "torch7_uniform");

    struct lg_arena arena = {0};
    backend->create(&arena, &config);
    if (images.pixels == NULL || lg_arena_create(&arena, arena.used_bytes, NULL) != LG_OK) {
        free(images.pixels);
        return false;
    }
    struct lg_net *net = backend->create(&arena, &config);
    const struct lg_initialisation how = {
        .method = uniform, .rng = LG_RNG_PCG, .seed = 1, .draw = 1};
    const struct lg_pass pass = {.images = &images,
                                 .order = order,
                                 .first = 0,
                                 .count = count,
                                 .capture = SIZE_MAX,
                                 .paired = {paired[0], paired[1]}};
    struct lg_sums sums = {0};
    backend->initialise(net, &how);
    backend->train(net, &pass, &sums);
    digests->loss = sums.loss;
    backend->weights_digest(net, digests->weights);
    backend->state_digest(net, digests->state);
    lg_arena_destroy(&arena);
    free(images.pixels);
    return true;
}

#endif
