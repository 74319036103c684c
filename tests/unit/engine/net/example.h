/* A small network and its data for the tests of this folder. */
#ifndef TESTS_UNIT_ENGINE_NET_EXAMPLE_H
#define TESTS_UNIT_ENGINE_NET_EXAMPLE_H

#include "registry.h"

#include "engine/net/net.h"
#include "tests/golden/synthetic.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"

#define EXAMPLE_NAME(name) #name,
static const char *const example_losses[] = {LG_LOSSES(EXAMPLE_NAME)};
static const char *const example_optimizers[] = {LG_OPTIMIZERS(EXAMPLE_NAME)};
static const char *const example_activations[] = {LG_ACTIVATIONS(EXAMPLE_NAME)};
enum {
    LOSSES = sizeof example_losses / sizeof *example_losses,
    OPTIMIZERS = sizeof example_optimizers / sizeof *example_optimizers,
    ACTIVATIONS = sizeof example_activations / sizeof *example_activations,
};

/* The example is 16-5-7-16 on images of 4 x 4. */
enum {
    EXAMPLE_SIDE = 4,
    EXAMPLE_FEATURES = EXAMPLE_SIDE * EXAMPLE_SIDE,
    EXAMPLE_PARAMETERS = 17 * 5 + 6 * 7 + 8 * 16,
    EXAMPLE_SAMPLES = 60,
};

struct example {
    struct lg_images images;
    struct lg_arena arena;
    struct lg_net *net;
};

static inline size_t example_index(const char *const *names, size_t count, const char *name)
{
    const char *const volatile wanted = name; /* or gcc compares what it knows, and warns */
    size_t index = 0;
    while (index < count && strcmp(names[index], wanted) != 0)
        index++;
    cr_assert_lt(index, count, "no '%s' in the registry", name);
    return index;
}

static inline struct lg_choice example_loss(const char *name, const char *options)
{
    const size_t index = example_index(example_losses, LOSSES, name);
    return (struct lg_choice){index, golden_options(&registry_loss(index)->info, options)};
}

static inline struct lg_choice example_optimizer(const char *name, const char *options)
{
    const size_t index = example_index(example_optimizers, OPTIMIZERS, name);
    return (struct lg_choice){index, golden_options(&registry_optimizer(index)->info, options)};
}

/* Every layer with one activation; mse, and sgd at lr 0.1, until the test says
 * something else. */
static inline struct lg_net_config example_config(const char *activation, size_t batch)
{
    const size_t index = example_index(example_activations, ACTIVATIONS, activation);
    const struct lg_choice f = {index, lg_options_default(&registry_activation(index)->info)};
    return (struct lg_net_config){
        .inputs = EXAMPLE_FEATURES,
        .layer_count = 3,
        .layers = {{5, f}, {7, f}, {EXAMPLE_FEATURES, f}},
        .batch = batch,
        .loss = example_loss("mse", ""),
        .optimizer = example_optimizer("sgd", "lr=0.1"),
    };
}

/* Torch7's uniform weights from a stream of their own. */
static inline void example_initialise(struct lg_net *net, uint64_t draw)
{
    size_t method = 0;
    while (strcmp(registry_initialisation(method)->info.name, "torch7_uniform") != 0)
        method++;
    const struct lg_initialisation how = {
        .method = method, .rng = LG_RNG_PCG, .seed = 5, .draw = draw};
    net_initialise(net, &how);
}

static inline struct example example_create(const struct lg_net_config *config)
{
    struct example e = {
        .images = synthetic_images(3, EXAMPLE_SAMPLES, EXAMPLE_SIDE, EXAMPLE_SIDE),
    };
    cr_assert_not_null(e.images.pixels);
    cr_assert_null(net_create(&e.arena, config));
    cr_assert(lg_arena_create(&e.arena, e.arena.used_bytes, NULL) == LG_OK);
    e.net = net_create(&e.arena, config);
    example_initialise(e.net, 1);
    return e;
}

static inline void example_destroy(struct example *e)
{
    lg_arena_destroy(&e->arena);
    free(e->images.pixels);
}

/* Train on samples [first, first + count) in file order; returns the steps. */
static inline size_t example_train(struct example *e, size_t first, size_t count)
{
    const struct lg_pass pass = {
        .images = &e->images, .first = first, .count = count, .capture = SIZE_MAX};
    struct lg_sums sums = {0};
    return net_train(e->net, &pass, &sums);
}

/* Digests of weights and state, one after the other. */
struct fingerprint {
    char hex[2][LG_DIGEST_HEX];
};

static inline struct fingerprint fingerprint_of(const struct lg_net *net)
{
    struct fingerprint f;
    net_weights_digest(net, f.hex[0]);
    net_state_digest(net, f.hex[1]);
    return f;
}

static inline bool same_fingerprint(struct fingerprint a, struct fingerprint b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}

#endif
