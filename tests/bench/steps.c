/* bench PRECISION OPTIMIZER BATCH STEPS [ISA]: time training steps of the article's
 * network on synthetic images as sparse as MNIST, one thread.
 * bench kernels: the products against this machine's own limits (kernels.h).
 *
 * Reads commands from standard input, so that a driver can interleave it with
 * another program: each line makes it run STEPS steps and print the nanoseconds
 * they took. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "registry.h"

#include "lossgrid/backend.h"
#include "tests/bench/article.h"

enum { SAMPLES = 2048 };

static double now_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

#define DECLARE(isa)                                                                               \
    void lg_bench_kernels_f32_##isa(void);                                                         \
    void lg_bench_kernels_f64_##isa(void);
LG_ISAS(DECLARE)

/* Every copy that this CPU runs, but the generic one, which is there to be right. */
static void kernels(void)
{
#define RUN(isa)                                                                                   \
    if (lg_isa_runs_here(#isa) && strcmp(#isa, "generic") != 0) {                                  \
        lg_bench_kernels_f32_##isa();                                                              \
        lg_bench_kernels_f64_##isa();                                                              \
    }
    LG_ISAS(RUN)
#undef RUN
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "kernels") == 0) {
        printf("precision,isa,what,shape,value,unit\n");
        kernels();
        return 0;
    }
    if (argc < 5) {
        fprintf(stderr, "usage: bench f32|f64 OPTIMIZER BATCH STEPS [ISA]\n");
        return 2;
    }
    const size_t batch = strtoul(argv[3], NULL, 10), steps = strtoul(argv[4], NULL, 10);
    const struct lg_backend *b;
    struct lg_error error;
    if (lg_backend_select(strcmp(argv[1], "f64") == 0 ? LG_F64 : LG_F32, argc > 5 ? argv[5] : NULL,
                          &b, &error) != LG_OK) {
        fprintf(stderr, "bench: %s\n", error.message);
        return 3;
    }
    struct lg_images images = {.count = SAMPLES, .rows = 28, .columns = 28};
    images.pixels = malloc(SAMPLES * BENCH_FEATURES);
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
    size_t position = 0;
    for (char line[64]; fgets(line, sizeof line, stdin);) {
        double spent = 0;
        for (size_t left = steps; left > 0;) {
            if (position + batch > SAMPLES)
                position = 0;
            const size_t fit = (SAMPLES - position) / batch, now = left < fit ? left : fit;
            const struct lg_pass pass = {
                .images = &images, .first = position, .count = now * batch, .capture = SIZE_MAX};
            struct lg_sums sums = {0};
            const double start = now_ns();
            if (b->train(net, &pass, &sums) != now)
                return 1;
            spent += now_ns() - start;
            position += now * batch;
            left -= now;
        }
        printf("%.0f\n", spent);
        fflush(stdout);
    }
    lg_arena_destroy(&arena);
    free(images.pixels);
    return 0;
}
