/* A timing of a few rounds on the four points of XOR: what is done, not how long it takes. */
#include "harness/timing/timing.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/machine/tsc.h"
#include "harness/stats/verdict.h"
#include "harness/timing/ranking.h"
#include "harness/timing/timing_csv.h"
#include "lossgrid/order.h"

static const char spec[] = "title: XOR\n"
                           "dataset: xor\n"
                           "task: classify\n"
                           "model:\n"
                           "  inputs: 2\n"
                           "  layers: [{outputs: 4, activation: tanh}, {outputs: 1}]\n"
                           "batch: 2\n"
                           "epochs: 100000\n"
                           "seeds: [7, 8]\n"
                           "grid:\n"
                           "  losses: [soft_margin]\n"
                           "  optimizers: [sgd, adam, lbfgs]\n";

static struct experiment experiment;
static struct lg_dataset dataset;
static struct timing timing;
static struct lg_error error;
static size_t opened, advanced;

static void count_opened(void *to, const struct timed_arm *arm)
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

static void no_climbed(void *to, const struct climb *climbs, size_t count)
{
    (void)to, (void)climbs, (void)count;
}

static const struct timing_observer observer = {count_opened, no_climbed, count_advanced, NULL};

/* The slow-down that the tests inject into a cell. */
static const char *slowed_optimizer;
static struct arm_slow_down slow_down;

static struct arm_slow_down slow_down_of(const void *to, const struct cell *cell)
{
    (void)to;
    return slowed_optimizer != NULL && strstr(cell->slug, slowed_optimizer) != NULL
               ? slow_down
               : (struct arm_slow_down){0};
}

/* Ended by the precision after the least number of rounds: any interval is narrow. Training
 * goes on to the step `settle`. */
static void take_to(const char *isa, const char *counters, uint64_t settle)
{
    const struct timing_effort effort = {.seed = 3,
                                         .budget_ns = 1000000000000,
                                         .precision = 1e9,
                                         .counters = counters,
                                         .settle_steps = settle};
    struct arm_context context = {
        .experiment = &experiment, .dataset = &dataset, .samples = 4, .slow_down = slow_down_of};
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

static void take(const char *isa, const char *counters)
{
    take_to(isa, counters, 64);
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
    cr_assert_eq(timing.arm_count, 4); /* three of six cells, and the control */
    cr_assert_eq(opened, 4);
    for (size_t i = 0; i < 3; i++) {
        cr_assert_eq(timing.arms[i].cell->seed, 7);
        cr_assert_not(timing.arms[i].is_control);
    }
    const struct timed_arm *control = timing_control(&timing), *original = timing_original(&timing);
    cr_assert_eq(control, &timing.arms[3]);
    cr_assert_eq(original->cell, control->cell);
    for (int state = 0; state < ARM_STATES; state++)
        cr_assert_str_eq(control->points[state].weights_sha256,
                         original->points[state].weights_sha256);
    cr_assert_eq(control->span * control->repeats, original->span * original->repeats);
    cr_assert(control->is_control);
    cr_assert_str_neq(timing.arms[0].points[ARM_LATE].weights_sha256,
                      timing.arms[1].points[ARM_LATE].weights_sha256);
    cr_assert_str_neq(timing.arms[0].points[ARM_FIRST].weights_sha256,
                      timing.arms[0].points[ARM_LATE].weights_sha256);
    cr_assert_eq(timing.arms[0].points[ARM_FIRST].steps, 16);
    cr_assert_eq(timing.arms[0].points[ARM_LATE].steps, 64);
}

Test(timing, every_series_has_a_block_a_round)
{
    take(NULL, "clock");
    cr_assert_eq(timing.stop, STOP_PRECISION);
    cr_assert_eq(timing.rounds, timing.least_rounds);
    cr_assert_eq(advanced, timing.rounds);
    cr_assert_eq(timing.series_count, 16);
    for (size_t r = 0; r < timing.rounds; r++) {
        bool taken[16] = {false};
        for (size_t s = 0; s < timing.series_count; s++) {
            const struct timed_block *block = &timing.series[s].blocks[r];
            const struct timed_arm *arm = timing.series[s].arm;
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
    struct timed_arm *arm = &timing.arms[1];
    const struct lg_backend *backend = timing.context.backend;
    struct lg_pcg pcg = lg_pcg_seed(1, 1);
    char expected[LG_DIGEST_HEX], found[LG_DIGEST_HEX];
    struct timed_block block;
    for (int i = 0; i < 4; i++) {
        ground_move(&timing.ground, &pcg);
        const struct block_plan plan = {i < 2 ? ARM_FIRST : ARM_LATE, 0.7, i % 2 != 0};
        arm->repeats = 1;
        arm_block(arm, &timing.context, &timing.readings, &plan, &block);
        backend->weights_digest(arm->net, found);
        const struct lg_pass pass =
            feed_pass(&arm->feed, &dataset.train, arm_offset(arm, 0.7, arm->span), arm->span);
        struct lg_sums sums = {0};
        backend->restore(arm->net, arm->points[plan.state].bytes);
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
        memcpy(best[i], timing.arms[i].points[ARM_LATE].weights_sha256, LG_DIGEST_HEX);
    give_back();
    advanced = 0;
    take("generic", "clock");
    for (size_t i = 0; i < 3; i++)
        cr_assert_str_eq(best[i], timing.arms[i].points[ARM_LATE].weights_sha256);
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
    cr_assert_eq(table.columns, 24);
    cr_assert_eq(table.rows, 1 + 4 * 2 * 6);
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
    cr_assert_eq(steps, 4 * 2 * timing.rounds);
    (void)field(&table, 1, "cpu_ns"); /* the other columns of the chosen counters */
    cr_assert_eq(csv_column(&table, "page_faults"), -1);
    csv_free(&table);
}

/* Made-up times: what is said of them can be checked. */
static void make_up(size_t arm, double ns, double wobble)
{
    for (size_t s = 0; s < timing.series_count; s++)
        for (size_t r = 0; timing.series[s].arm == &timing.arms[arm] && r < timing.rounds; r++) {
            struct timed_block *block = &timing.series[s].blocks[r];
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
    const size_t control = timing_original(&timing) == &timing.arms[0] ? 0 : 1;
    cr_assert_eq(timing_original(&timing), &timing.arms[control], "take another seed");
    make_up(control, 100, 0);
    make_up(3, 100, 0.02);                       /* the control: 2 % of noise */
    make_up(1 - control, 101, 0);                /* within it */
    make_up(2, 105, 0);                          /* beyond it */
    timing.arms[2].batch = timing.arms[0].batch; /* lbfgs takes all four samples at once */
    timing_ranking_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    cr_assert_eq(table.rows, 7); /* of both states */
    cr_assert_str_eq(field(&table, 1, "cell"), timing.arms[control].cell->slug);
    cr_assert_str_eq(field(&table, 1, "verdict"), "fastest");
    cr_assert_str_eq(field(&table, 2, "cell"), timing.arms[1 - control].cell->slug);
    cr_assert_str_eq(field(&table, 2, "verdict"), "same within the noise floor");
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

/* A step of twice the samples that takes 1.5 times as long is the faster one: it takes 0.75 of
 * the time a sample. */
Test(timing, arms_of_different_batches_are_ranked_by_the_sample)
{
    struct csv csv = {0};
    take(NULL, "clock");
    const size_t control = timing_original(&timing) == &timing.arms[0] ? 0 : 1;
    cr_assert_eq(timing.arms[0].batch, 2);
    cr_assert_eq(timing.arms[2].batch, 4, "lbfgs takes all four samples at once");
    make_up(control, 100, 0);
    make_up(3, 100, 0.02);
    make_up(1 - control, 101, 0);
    make_up(2, 150, 0);
    cr_assert(ranking_is_by_sample(&timing));
    timing_ranking_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    cr_assert_str_eq(field(&table, 1, "cell"), timing.arms[2].cell->slug);
    cr_assert_str_eq(field(&table, 1, "verdict"), "fastest");
    cr_assert_str_eq(field(&table, 2, "verdict"), "slower");
    cr_assert_float_eq(strtod(field(&table, 2, "ratio"), NULL), 100 / 75.0, 1e-9);
    csv_free(&table);
    timing.arms[2].batch = 2;
    cr_assert_not(ranking_is_by_sample(&timing));
}

/* One step of 17 parameters, and the same with a hundred thousand times its time waited. */
Test(timing, an_injected_wait_is_measured)
{
    struct timed_block plain, slowed;
    take(NULL, "clock");
    struct timed_arm *arm = &timing.arms[0];
    arm->span = arm->repeats = 1;
    const struct block_plan plan = {.state = ARM_LATE};
    arm_block(arm, &timing.context, &timing.readings, &plan, &plain);
    arm->slow_down.share = 1e5;
    arm_block(arm, &timing.context, &timing.readings, &plan, &slowed);
    cr_assert_gt(slowed.values[READING_WALL_NS], 10 * plain.values[READING_WALL_NS]);
}

/* ---- Where the cost settles ---------------------------------------------- */

static const struct timed_arm *arm_of(const char *optimizer)
{
    for (size_t i = 0; i < timing.arm_count; i++)
        if (strstr(timing.arms[i].cell->slug, optimizer) != NULL)
            return &timing.arms[i];
    cr_assert_fail("no arm of %s", optimizer);
    return NULL;
}

/* The slow-down is 50 times a step's, so that the machine's own changes do not matter;
 * tolerance is 20 %. */
Test(timing, a_cost_that_rises_settles_after_the_rise)
{
    slowed_optimizer = "adam";
    slow_down = (struct arm_slow_down){.share = 50, .from = 1000};
    take_to(NULL, "clock", 1 << 14);
    const struct timed_arm *arm = arm_of("adam");
    cr_assert_str_eq(arm_state_word(arm, ARM_LATE), "settled");
    cr_assert_str_eq(arm_state_word(arm, ARM_FIRST), "first");
    cr_assert_eq(arm->settling.anchor, 1024, "found %llu",
                 (unsigned long long)arm->settling.anchor);
    cr_assert_eq(arm->points[ARM_LATE].steps, 1 << 14);
    double first[SAMPLE_MOST], late[SAMPLE_MOST];
    series_step_ns(&timing, timing_series(&timing, arm, ARM_FIRST, false), first);
    series_step_ns(&timing, timing_series(&timing, arm, ARM_LATE, false), late);
    struct sample_summary ratio;
    ratio_summarise(late, first, timing.rounds, &ratio);
    cr_assert_gt(ratio.median, 10, "first steps and settled cost are distinguished");
}

Test(timing, a_cost_that_grows_never_settles)
{
    slowed_optimizer = "adam";
    slow_down = (struct arm_slow_down){.share = 5, .from = 16, .grows = true};
    take_to(NULL, "clock", 1 << 9);
    const struct timed_arm *arm = arm_of("adam");
    cr_assert_str_eq(arm_state_word(arm, ARM_LATE), "unsettled");
    cr_assert_geq(4 * arm->settling.anchor, 2 * arm->settling.reached);
}

Test(timing, a_constant_cost_settles_at_once)
{
    slowed_optimizer = "adam";
    slow_down = (struct arm_slow_down){.share = 50};
    take_to(NULL, "clock", 1 << 10);
    const struct timed_arm *arm = arm_of("adam");
    cr_assert_str_eq(arm_state_word(arm, ARM_LATE), "settled");
    cr_assert_eq(arm->settling.anchor, 16, "found %llu", (unsigned long long)arm->settling.anchor);
}

/* The late state is the one that a run has after so many steps: 2 samples a step of 4. */
Test(timing, the_late_state_is_that_of_training)
{
    take_to(NULL, "clock", 100);
    const struct timed_arm *arm = arm_of("sgd");
    const struct lg_backend *backend = timing.context.backend;
    char expected[LG_DIGEST_HEX];
    const struct lg_initialisation how = {.method = experiment.setup.initialisation.index,
                                          .rng = experiment.rng,
                                          .seed = arm->cell->seed,
                                          .draw = arm->cell->draw,
                                          .options = experiment.setup.initialisation.options};
    struct lg_net *net = ground_place(&timing.ground, backend, &arm->config);
    backend->initialise(net, &how);
    for (uint64_t epoch = 1; epoch <= 50; epoch++) {
        uint32_t order[] = {0, 1, 2, 3};
        struct lg_sums sums = {0};
        if (experiment.shuffle)
            lg_order_shuffle(order, 4, arm->cell->seed, epoch);
        const struct lg_pass pass = {
            .images = &dataset.train, .order = order, .count = 4, .capture = SIZE_MAX};
        cr_assert_eq(backend->train(net, &pass, &sums), 2);
    }
    backend->weights_digest(net, expected);
    cr_assert_eq(arm->points[ARM_LATE].steps, 100);
    cr_assert_str_eq(arm->points[ARM_LATE].weights_sha256, expected);
}

/* ---- Other clocks -------------------------------------------------------- */

static void assert_phases_by(const char *name, bool has_ticks)
{
    struct csv csv = {0};
    take(NULL, "clock");
    cr_assert_str_eq(timing.ticks.name, name);
    cr_assert_str_neq(timing.ticks.why, "", "a second best that is not reported");
    timing_cost_csv(&timing, &csv);
    struct csv_table table = parse(&csv);
    cr_assert_eq(table.rows, 1 + 4 * 2 * 6, "not all phases are there");
    for (size_t row = 1; row < table.rows; row++)
        if (strcmp(field(&table, row, "phase"), "step") != 0) {
            cr_assert_geq(strtod(field(&table, row, "median_ns"), NULL), 0);
            cr_assert_eq(field(&table, row, "ticks")[0] != '\0', has_ticks);
        }
    csv_free(&table);
}

#if defined __x86_64__
Test(timing, phases_without_rdtscp)
{
    tsc_stand_in(&(struct tsc_features){.has_rdtsc = true, .invariant = PROCESSOR_YES});
    assert_phases_by("rdtsc", true);
    tsc_stand_in(NULL);
}

Test(timing, phases_without_a_clock_of_one_rate)
{
    tsc_stand_in(&(struct tsc_features){.has_rdtsc = true, .invariant = PROCESSOR_NO});
    assert_phases_by("clock_gettime", false);
    cr_assert_not_null(strstr(timing.ticks.why, "invariant TSC"));
    tsc_stand_in(NULL);
}

Test(timing, phases_without_any_such_clock)
{
    tsc_stand_in(&(struct tsc_features){.invariant = PROCESSOR_UNKNOWN});
    assert_phases_by("clock_gettime", false);
    tsc_stand_in(NULL);
}
#endif
