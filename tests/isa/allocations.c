/* Training takes no memory once the network is made (docs/adr/0001 wants an arena that
 * is planned first): every copy, loss and optimizer trains with a counting allocator,
 * which the linker puts before the C library's (-Wl,--wrap). And the arena of the
 * article's network stays small. */
#include <stdio.h>
#include <stdlib.h>

#include "tests/golden/training.h"

static size_t calls;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *block, size_t size);
void *__real_aligned_alloc(size_t alignment, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *block, size_t size);
void *__wrap_aligned_alloc(size_t alignment, size_t size);
void __wrap_free(void *block);

void *__wrap_malloc(size_t size)
{
    calls++;
    return __real_malloc(size);
}
void *__wrap_calloc(size_t count, size_t size)
{
    calls++;
    return __real_calloc(count, size);
}
void *__wrap_realloc(void *block, size_t size)
{
    calls++;
    return __real_realloc(block, size);
}
void *__wrap_aligned_alloc(size_t alignment, size_t size)
{
    calls++;
    return __real_aligned_alloc(alignment, size);
}
void __wrap_free(void *block)
{
    calls++;
    __real_free(block);
}

/* 72 steps of one sample, 6 of the largest batch: each shape of a step comes again. */
enum { BATCH_MAX = 12, PASSES = 2, SAMPLES = 3 * BATCH_MAX };

static int passed, failed;

static void expect(bool holds, const char *what)
{
    passed += holds;
    failed += !holds;
    if (!holds)
        printf("allocations: %s\n", what);
}

/* A probe that someone might put into a network: it takes no memory either. */
static size_t entered;

static void enter(struct lg_probe *probe, enum lg_phase phase)
{
    (void)probe;
    (void)phase;
    entered++;
}

static void leave(struct lg_probe *probe)
{
    (void)probe;
}

static void check_training(const struct lg_backend *backend, const struct lg_images *images,
                           size_t loss, size_t optimizer, size_t batch)
{
    const struct lg_choice l = {loss, lg_options_default(backend->loss(loss))};
    const struct lg_choice o = {optimizer, lg_options_default(backend->optimizer(optimizer))};
    const struct lg_net_config config = training_config(backend, l, o, batch);
    const size_t uniform =
        training_find(backend->initialisation, backend->initialisation_count, "torch7_uniform");
    const struct lg_initialisation how = {
        .method = uniform, .rng = LG_RNG_PCG, .seed = 1, .draw = 1};
    uint32_t paired[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        paired[i] = (uint32_t)(i * 7 % SAMPLES);
    const struct lg_pass pass = {.images = images,
                                 .first = 0,
                                 .count = SAMPLES,
                                 .capture = SIZE_MAX,
                                 .paired = {paired, paired}};
    struct lg_sums sums = {0};
    struct lg_arena arena = {0};
    struct lg_probe probe = {.enter = enter, .leave = leave};
    char what[160];

    entered = calls = 0;
    backend->create(&arena, &config);
    if (lg_arena_create(&arena, arena.used_bytes, NULL) != LG_OK)
        exit(3);
    expect(calls == 1, "an arena is one allocation, which the counter must see");
    struct lg_net *net = backend->create(&arena, &config);
    backend->initialise(net, &how);
    calls = 0;
    for (int i = 0; i < PASSES; i++) {
        backend->set_probe(net, i % 2 ? &probe : NULL);
        backend->train(net, &pass, &sums);
        backend->evaluate(net, &pass, &sums);
    }
    snprintf(what, sizeof what, "%s %s %s %s, batch %zu: %zu calls of the allocator in training",
             lg_precision_name(backend->precision), backend->isa, backend->loss(loss)->name,
             backend->optimizer(optimizer)->name, batch, calls);
    expect(calls == 0 && entered > 0 && sums.samples == 2 * (size_t)PASSES * SAMPLES, what);
    lg_arena_destroy(&arena);
}

/* Every loss with sgd, every optimizer with mse. */
static void check_copy(const struct lg_backend *backend, const struct lg_images *images)
{
    static const size_t batches[] = {1, 5, BATCH_MAX};
    const size_t mse = training_find(backend->loss, backend->loss_count, "mse");
    const size_t sgd = training_find(backend->optimizer, backend->optimizer_count, "sgd");
    for (size_t loss = 0; loss < backend->loss_count; loss++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
            check_training(backend, images, loss, sgd, batches[b]);
    for (size_t optimizer = 0; optimizer < backend->optimizer_count; optimizer++)
        for (size_t b = 0; b < sizeof batches / sizeof *batches; b++)
            check_training(backend, images, mse, optimizer, batches[b]);
}

/* 784-128-32-128-784 in f64 with Adam, whose state is the largest. */
static void check_article(const struct lg_backend *backend, size_t batch)
{
    enum { LIMIT_BYTES = 16 << 20 };
    const size_t relu = training_find(backend->activation, backend->activation_count, "relu");
    const struct lg_net_config config = {
        .inputs = 784,
        .layer_count = 4,
        .layers = {{128, {.index = relu}},
                   {32, {.index = relu}},
                   {128, {.index = relu}},
                   {784, {.index = relu}}},
        .batch = batch,
        .optimizer = {.index = training_find(backend->optimizer, backend->optimizer_count, "adam")},
    };
    struct lg_arena arena = {0};
    char what[160];
    backend->create(&arena, &config);
    snprintf(what, sizeof what, "the article's network needs %zu bytes at batch %zu (%s)",
             arena.used_bytes, batch, backend->isa);
    if (backend->precision == LG_F64)
        expect(arena.used_bytes > 0 && arena.used_bytes < LIMIT_BYTES, what);
}

int main(void)
{
    struct lg_images images = synthetic_images(1, SAMPLES, TRAINING_ROWS, TRAINING_COLUMNS);
    uint8_t labels[SAMPLES];
    for (size_t i = 0; i < SAMPLES; i++)
        labels[i] = (uint8_t)(i % TRAINING_CLASSES);
    images.labels = labels;
    size_t count;
    const struct lg_backend *const *backends = lg_backends(&count);
    if (images.pixels == NULL)
        return 3;
    for (size_t i = 0; i < count; i++) {
        if (!lg_isa_runs_here(backends[i]->isa))
            continue;
        check_copy(backends[i], &images);
        check_article(backends[i], 1);
        check_article(backends[i], 128);
    }
    free(images.pixels);
    printf("allocations: %d passed, %d failed\n", passed, failed);
    return failed != 0 || passed == 0;
}
