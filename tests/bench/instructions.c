/* instructions PRECISION OPTIMIZER BATCH STEPS [ISA]: training steps of the article's
 * network, on synthetic images, for callgrind to count. Collecting is switched on around
 * them alone: run it with --collect-atstart=no. Prints the numbers that a count is to be
 * divided by. */
#include <valgrind/callgrind.h>

#include "tests/bench/article.h"

enum { WARM_UP = 2 };

int main(int argc, char **argv)
{
    if (argc < 5) {
        fprintf(stderr, "usage: instructions f32|f64 OPTIMIZER BATCH STEPS [ISA]\n");
        return 2;
    }
    if (!RUNNING_ON_VALGRIND) {
        fprintf(stderr, "instructions: nobody counts; run it under valgrind --tool=callgrind\n");
        return 2;
    }
    const size_t batch = strtoul(argv[3], NULL, 10), steps = strtoul(argv[4], NULL, 10);
    const size_t count = (WARM_UP + steps) * batch;
    const struct lg_backend *b;
    struct lg_error error;
    if (lg_backend_select(strcmp(argv[1], "f64") == 0 ? LG_F64 : LG_F32, argc > 5 ? argv[5] : NULL,
                          &b, &error) != LG_OK) {
        fprintf(stderr, "instructions: %s\n", error.message);
        return 3;
    }
    struct lg_images images = {.count = count, .rows = 28, .columns = 28};
    images.pixels = malloc(count * BENCH_FEATURES);
    const struct lg_net_config config = bench_article(b, argv[2], batch);
    struct lg_arena arena = {0};
    b->create(&arena, &config);
    if (!images.pixels || lg_arena_create(&arena, arena.used_bytes, &error) != LG_OK)
        return 3;
    bench_draw(&images);
    struct lg_net *net = b->create(&arena, &config);
    const struct lg_initialisation how = {
        .method = bench_find(b->initialisation, b->initialisation_count, "torch7_uniform"),
        .seed = 1};
    b->initialise(net, &how);

    struct lg_sums sums = {0};
    const struct lg_pass warm_up = {
        .images = &images, .first = 0, .count = WARM_UP * batch, .capture = SIZE_MAX};
    const struct lg_pass pass = {
        .images = &images, .first = WARM_UP * batch, .count = steps * batch, .capture = SIZE_MAX};
    size_t done = b->train(net, &warm_up, &sums);
    CALLGRIND_TOGGLE_COLLECT;
    done += b->train(net, &pass, &sums);
    CALLGRIND_TOGGLE_COLLECT;
    printf("%s %zu %zu\n", b->isa, steps, b->parameter_count(net));
    lg_arena_destroy(&arena);
    free(images.pixels);
    return done == WARM_UP + steps ? 0 : 1;
}
