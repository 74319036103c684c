/* A timing of a few rounds on the four points of XOR: what is done, not how long it takes. */
#include "harness/timing/timing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/timing/timing_csv.h"

static const char spec[] = "title: XOR\n"
                           "dataset: xor\n"
                           "task: classify\n"
                           "model:\n"
                           "  inputs: 2\n"
                           "  layers: [{outputs: 4, activation: tanh}, {outputs: 1}]\n"
                           "batch: 2\n"
                           "epochs: 5\n"
                           "seeds: [7, 8]\n"
                           "grid:\n"
                           "  losses: [soft_margin]\n"
                           "  optimizers: [sgd, adam, lbfgs]\n";

static struct experiment experiment;
static struct lg_dataset dataset;
static struct timing timing;
static struct lg_error error;
static size_t opened, advanced;

static void count_opened(void *to, const struct arm *arm)
{
    (void)to, (void)arm;
    opened++;
}

static void count_advanced(void *to, size_t rounds, size_t imprecise, size_t arms, double left)
{
    (void)to, (void)imprecise, (void)arms;
    advanced++;
    cr_assert_eq(rounds, advanced);
    cr_assert(left >= 0);
}

static const struct timing_observer observer = {count_opened, count_advanced, NULL};

/* Ended by the precision after the least number of rounds: any interval is narrow. */
static void take(const char *isa, const char *counters)
{
    const struct timing_effort effort = {
        .seed = 3, .budget_ns = 1000000000000, .precision = 1e9, .counters = counters};
    struct arm_context context = {.experiment = &experiment, .dataset = &dataset, .samples = 4};
    cr_assert_eq(lg_backend_select(LG_F32, isa, &context.backend, &error), LG_OK, "%s",
                 error.message);
    cr_assert_eq(experiment_parse(context.backend, "xor.yaml", spec, strlen(spec), NULL, 0,
                                  &experiment, &error),
                 LG_OK, "%s", error.message);
    cr_assert_eq(lg_dataset_load(experiment.dataset, "", &dataset, &error), LG_OK);
    cr_assert_eq(timing_open(&timing, &context, &effort, &observer, &error), LG_OK, "%s",
                 error.message);
    timing_run(&timing, &observer);
}

static void give_back(void)
{
    timing_close(&timing);
    lg_dataset_free(&dataset);
    experiment_free(&experiment);
}

TestSuite(timing, .fini = give_back);

Test(timing, arms_are_configurations_and_one_is_there_twice)
{
    take(NULL, "clock");
    cr_assert_eq(timing.arm_count, 4); /* three of six cells, and the twin */
    cr_assert_eq(opened, 4);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(timing.arms[i].cell->seed, 7);
        cr_assert_not(timing.arms[i].is_twin);
    }
    const struct arm *twin = timing_twin(&timing), *original = timing_original(&timing);
    cr_assert_eq(twin, &timing.arms[3]);
    cr_assert_eq(original->cell, twin->cell);
    cr_assert_str_eq(twin->weights_sha256, original->weights_sha256);
    cr_assert_eq(twin->span * twin->repeats, original->span * original->repeats);
    cr_assert_str_eq(twin->name + strlen(original->name), "@aa");
    cr_assert_str_neq(timing.arms[0].weights_sha256, timing.arms[1].weights_sha256);
}

Test(timing, every_series_has_a_block_a_round)
{
    take(NULL, "clock");
    cr_assert_eq(timing.stop, STOP_PRECISION);
    cr_assert_eq(timing.rounds, timing.least_rounds);
    cr_assert_eq(advanced, timing.rounds);
    cr_assert_eq(timing.series_count, timing.has_phases ? 8 : 4);
    for (size_t r = 0; r < timing.rounds; r++) {
        bool taken[8] = {false};
        for (size_t s = 0; s < timing.series_count; s++) {
            const struct block *block = &timing.series[s].blocks[r];
            const struct arm *arm = timing.series[s].arm;
            cr_assert_eq(block->round, r);
            cr_assert_not(taken[block->position]);
            taken[block->position] = true;
            cr_assert_eq(block->steps, arm->span * arm->repeats);
            cr_assert_gt(block->values[READING_WALL_NS], 0);
            cr_assert(isnan(block->values[READING_CYCLES]), "not chosen, and no 0 either");
        }
    }
}

/* Arms of a kind take the same number of steps, those of minibatches here. */
Test(timing, blocks_of_a_kind_are_the_same_steps)
{
    take(NULL, "clock");
    cr_assert_eq(timing.arms[0].span, timing.arms[1].span);
    cr_assert_eq(timing.arms[0].repeats, timing.arms[1].repeats);
    cr_assert(timing.arms[2].is_full);
    cr_assert_eq(timing.arms[2].batch, 4);
    cr_assert_eq(timing.arms[0].batch, 2);
}

/* Wherever it lies, a block is the same steps from the same start. */
Test(timing, every_block_is_the_same_work)
{
    take(NULL, "clock");
    struct arm *arm = &timing.arms[1];
    const struct lg_backend *backend = timing.context.backend;
    struct lg_pcg pcg = lg_pcg_seed(1, 1);
    char expected[LG_DIGEST_HEX], found[LG_DIGEST_HEX];
    struct block block;
    for (int i = 0; i < 4; i++) {
        ground_move(&timing.ground, &pcg);
        arm_block(arm, &timing.context, &timing.readings, timing.has_phases && i % 2, &block);
        backend->weights_digest(arm->net, found);
        const struct lg_pass pass = feed_pass(&arm->feed, &dataset.train, arm->first, arm->span);
        struct lg_sums sums = {0};
        backend->restore(arm->net, arm->start);
        cr_assert_eq(backend->train(arm->net, &pass, &sums), arm->span);
        backend->weights_digest(arm->net, expected);
        cr_assert_str_eq(found, expected);
    }
}

/* What makes cells of two machines comparable. */
Test(timing, weights_are_those_of_every_isa)
{
    char best[3][LG_DIGEST_HEX];
    take(NULL, "clock");
    for (size_t i = 0; i < 3; i++)
        memcpy(best[i], timing.arms[i].weights_sha256, LG_DIGEST_HEX);
    give_back();
    advanced = 0;
    take("generic", "clock");
    for (size_t i = 0; i < 3; i++)
        cr_assert_str_eq(best[i], timing.arms[i].weights_sha256);
}

/* ---- The files ----------------------------------------------------------- */

static struct csv_table parse(struct csv *csv)
{
    struct csv_table table;
    cr_assert_eq(csv_parse("x.csv", csv->text.bytes, csv->text.size, &table, &error), LG_OK, "%s",
                 error.message);
    text_free(&csv->text);
    return table;
}

static const char *field(const struct csv_table *table, size_t row, const char *column)
{
    const int c = csv_column(table, column);
    cr_assert_geq(c, 0, "no column %s", column);
    return csv_field(table, row, (size_t)c);
}

Test(timing, cost_has_a_row_for_each_arm_and_phase)
{
    struct csv csv = {0};
    take(NULL, "clock");
    timing_cost_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    cr_assert_eq(table.columns, 21);
    cr_assert_eq(table.rows, 1 + 4 * (timing.has_phases ? 6 : 1));
    for (size_t row = 1; row < table.rows; row++) {
        const double median = strtod(field(&table, row, "median_ns"), NULL);
        cr_assert_leq(strtod(field(&table, row, "low_ns"), NULL), median);
        cr_assert_geq(strtod(field(&table, row, "high_ns"), NULL), median);
        cr_assert_float_eq(strtod(field(&table, row, "ns_per_parameter"), NULL), median / 17,
                           1e-9 * median);
        cr_assert_str_eq(field(&table, row, "parameters"), "17");
        cr_assert_str_eq(field(&table, row, "cycles"), "", "not chosen is empty");
        cr_assert_eq(strlen(field(&table, row, "weights_sha256")), LG_DIGEST_HEX - 1);
    }
    csv_free(&table);
}

Test(timing, samples_are_all_blocks)
{
    struct csv csv = {0};
    size_t steps = 0;
    take(NULL, "clock");
    timing_samples_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    for (size_t row = 1; row < table.rows; row++)
        steps += strcmp(field(&table, row, "phase"), "step") == 0;
    cr_assert_eq(steps, 4 * timing.rounds);
    (void)field(&table, 1, "cpu_ns"); /* the other columns of the chosen counters */
    cr_assert_eq(csv_column(&table, "page_faults"), -1);
    csv_free(&table);
}

/* Made-up times: what is said of them can be checked. */
static void make_up(size_t arm, double ns, double wobble)
{
    for (size_t s = 0; s < timing.series_count; s++)
        for (size_t r = 0; timing.series[s].arm == &timing.arms[arm] && r < timing.rounds; r++) {
            struct block *block = &timing.series[s].blocks[r];
            const double now = ns * (1 + wobble * ((double)(r % 5) - 2) / 2);
            const size_t cpu = readings_find(&timing.readings, "cpu_ns");
            cr_assert_neq(cpu, SIZE_MAX);
            block->values[READING_WALL_NS] = 3 * now * (double)block->steps; /* others' turns */
            block->values[cpu] = now * (double)block->steps;
        }
}

Test(timing, ranking_names_no_winner_within_the_noise)
{
    struct csv csv = {0};
    take(NULL, "clock");
    const size_t twin = timing_original(&timing) == &timing.arms[0] ? 0 : 1;
    cr_assert_eq(timing_original(&timing), &timing.arms[twin], "take another seed");
    make_up(twin, 100, 0);
    make_up(3, 100, 0.02);     /* the twin: 2 % of noise */
    make_up(1 - twin, 101, 0); /* within it */
    make_up(2, 105, 0);        /* beyond it */
    timing_ranking_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    cr_assert_eq(table.rows, 4);
    cr_assert_str_eq(field(&table, 1, "cell"), timing.arms[twin].name);
    cr_assert_str_eq(field(&table, 1, "verdict"), "cheapest");
    cr_assert_str_eq(field(&table, 2, "cell"), timing.arms[1 - twin].name);
    cr_assert_str_eq(field(&table, 2, "verdict"), "tied");
    cr_assert_str_eq(field(&table, 3, "verdict"), "slower");
    cr_assert_float_eq(strtod(field(&table, 3, "ratio"), NULL), 1.05, 1e-9);
    cr_assert_float_eq(strtod(field(&table, 1, "floor"), NULL), 0.02, 1e-9);
    csv_free(&table);
    timing_noise_csv(&timing, &csv);
    table = parse(&csv);
    cr_assert_str_eq(field(&table, 1, "phase"), "step");
    cr_assert_float_eq(strtod(field(&table, 1, "low"), NULL), 0.98, 1e-9);
    cr_assert_float_eq(strtod(field(&table, 1, "high"), NULL), 1.02, 1e-9);
    cr_assert_str_eq(field(&table, table.rows - 1, "phase"), "all");
    csv_free(&table);
}

/* One step of 17 parameters, and the same with a hundred thousand times its time waited. */
Test(timing, a_planted_wait_is_measured)
{
    struct block plain, slowed;
    take(NULL, "clock");
    struct arm *arm = &timing.arms[0];
    arm->span = arm->repeats = 1;
    arm_block(arm, &timing.context, &timing.readings, false, &plain);
    arm->slow_down = 1e5;
    arm_block(arm, &timing.context, &timing.readings, false, &slowed);
    cr_assert_gt(slowed.values[READING_WALL_NS], 10 * plain.values[READING_WALL_NS]);
}
