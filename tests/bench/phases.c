/* phases f32|f64 OPTIMIZER BATCH STEPS [BLOCKS [SHARE]]: what a training step of the
 * article's network spends on each phase, on synthetic images, and what asking costs:
 * blocks of STEPS steps with a probe and without one take turns.
 *
 * One CSV row per phase: ns per step (the median of all blocks, and its interval). Row
 * `step` is the whole step without a probe, `sum` the phases together, `overhead` the step
 * with the probe over the step without it, less 1, from each pair of neighbours. */
#include <time.h>

#include "harness/counter/phases.h"
#include "harness/counter/ticks.h"
#include "harness/stats/sample.h"
#include "tests/bench/article.h"

enum { SAMPLES = 2048, STEP = LG_PHASES, SUM, OVERHEAD, ROWS };

static const char *row_name(size_t row)
{
    static const char *const others[] = {"step", "sum", "overhead"};
    return row < LG_PHASES ? phases_names[row] : others[row - LG_PHASES];
}

struct bench {
    const struct lg_backend *backend;
    struct lg_net *net;
    struct lg_images images;
    size_t batch, position;
};

static void run(struct bench *bench, size_t steps)
{
    struct lg_sums sums = {0};
    while (steps > 0) {
        if (bench->position + bench->batch > SAMPLES)
            bench->position = 0;
        const size_t fit = (SAMPLES - bench->position) / bench->batch;
        const size_t now = steps < fit ? steps : fit;
        const struct lg_pass pass = {.images = &bench->images,
                                     .first = bench->position,
                                     .count = now * bench->batch,
                                     .capture = SIZE_MAX};
        if (bench->backend->train(bench->net, &pass, &sums) != now)
            exit(1);
        bench->position += now * bench->batch;
        steps -= now;
    }
}

static uint64_t (*now)(void); /* the clock */

static double block_ticks(struct bench *bench, struct phases *phases, size_t steps)
{
    bench->backend->set_probe(bench->net, phases ? &phases->probe : NULL);
    const uint64_t begin = now();
    run(bench, steps);
    return (double)(now() - begin) / (double)steps;
}

static void measure(struct bench *bench, struct phases *phases, size_t steps, size_t blocks,
                    double ns)
{
    static double values[ROWS][SAMPLE_MOST];
    for (size_t b = 0; b < blocks; b++) {
        double ticks[2];
        phases_reset(phases);
        for (size_t turn = 0; turn < 2; turn++) {
            const bool is_probed = (b + turn) % 2;
            ticks[is_probed] = block_ticks(bench, is_probed ? phases : NULL, steps);
        }
        if (phases->steps == 0) {
            fprintf(stderr, "phases: no step of a block was read: take more steps\n");
            exit(1);
        }
        for (size_t p = 0; p < LG_PHASES; p++)
            values[p][b] = (double)phases->ticks[p] / (double)phases->steps * ns;
        values[STEP][b] = ticks[0] * ns;
        values[SUM][b] = (double)phases_total(phases) / (double)phases->steps * ns;
        values[OVERHEAD][b] = ticks[1] / ticks[0] - 1;
    }
    printf("row,median,low,high\n");
    for (size_t row = 0; row < ROWS; row++) {
        struct sample_summary s;
        sample_summarise(values[row], blocks, &s);
        printf("%s,%.5g,%.5g,%.5g\n", row_name(row), s.median, s.low, s.high);
    }
}

static void settle(struct bench *bench, struct phases *phases, double share, double ns)
{
    double readings = 0;
    (void)block_ticks(bench, NULL, PHASES_PILOT);
    (void)block_ticks(bench, phases, 2 * PHASES_PILOT);
    for (size_t p = 0; p < LG_PHASES; p++)
        readings += (double)phases->readings[p] / (double)phases->steps;
    phases_settle(phases, share);
    fprintf(stderr, "%s, one step in %llu, %.0f readings in it of %.1f ns (bare: %.1f)\n",
            bench->backend->isa, (unsigned long long)phases->every, readings,
            phases->reading_ticks * ns, phases->bare_ticks * ns);
}

static int open_bench(struct bench *bench, const char *precision, const char *optimizer,
                      struct lg_arena *arena)
{
    struct lg_error error;
    if (lg_backend_select(strcmp(precision, "f64") == 0 ? LG_F64 : LG_F32, NULL, &bench->backend,
                          &error) != LG_OK)
        return 3;
    const struct lg_backend *b = bench->backend;
    const struct lg_net_config config = bench_article(b, optimizer, bench->batch);
    bench->images = (struct lg_images){.count = SAMPLES, .rows = 28, .columns = 28};
    bench->images.pixels = malloc(SAMPLES * BENCH_FEATURES);
    b->create(arena, &config);
    if (!bench->images.pixels || lg_arena_create(arena, arena->used_bytes, &error) != LG_OK)
        return 3;
    bench_draw(&bench->images);
    bench->net = b->create(arena, &config);
    const struct lg_initialisation how = {
        .method = bench_find(b->initialisation, b->initialisation_count, "torch7_uniform"),
        .seed = 1};
    b->initialise(bench->net, &how);
    return 0;
}

int main(int argc, char **argv)
{
    enum { BLOCKS = 101 };
    if (argc < 5) {
        fprintf(stderr, "usage: phases f32|f64 OPTIMIZER BATCH STEPS [BLOCKS [SHARE]]\n");
        return 2;
    }
    struct bench bench = {.batch = strtoul(argv[3], NULL, 10)};
    const size_t steps = strtoul(argv[4], NULL, 10);
    const size_t blocks = argc > 5 ? strtoul(argv[5], NULL, 10) : BLOCKS;
    struct lg_arena arena = {0};
    struct phases phases;
    struct ticks ticks;
    ticks_find(&ticks);
    if (ticks.why[0] != '\0')
        fprintf(stderr, "phases by %s: %s\n", ticks.name, ticks.why);
    if (blocks < SAMPLE_LEAST || blocks > SAMPLE_MOST || bench.batch == 0 || steps == 0)
        return 2;
    phases_open(&phases, ticks.now);
    now = ticks.now;
    const int status = open_bench(&bench, argv[1], argv[2], &arena);
    if (status != 0)
        return status;
    settle(&bench, &phases, argc > 6 ? strtod(argv[6], NULL) : 0.01, 1e9 / ticks.hz);
    measure(&bench, &phases, steps, blocks, 1e9 / ticks.hz);
    lg_arena_destroy(&arena);
    free(bench.images.pixels);
    return 0;
}
