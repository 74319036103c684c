#include "harness/counter/phases.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

#include "harness/counter/ticks.h"
#include "tests/golden/training.h"

enum { COST = 20 };

/* A clock that moves only when a test moves or reads it. */
static uint64_t clock_now;

static uint64_t read_clock(void)
{
    clock_now += COST;
    return clock_now;
}

static struct phases phases;
static struct lg_error error;

static void open_phases(void)
{
    phases_open(&phases, read_clock);
    phases.bare_ticks = phases.reading_ticks = COST;
    phases.is_pilot = false;
}

static void open_pilot(void)
{
    open_phases();
    phases.is_pilot = true;
}

/* As the engine: a step of so many updates; each phase takes its number and 1, times
 * `unit`. Returns whether the step was read. */
static bool step(uint64_t updates, uint64_t unit)
{
    phases.probe.skips = false;
    phases.probe.enter(&phases.probe, LG_PHASE_DATA);
    clock_now += unit;
    if (phases.probe.skips)
        return false;
    phases.probe.enter(&phases.probe, LG_PHASE_FORWARD);
    clock_now += 2 * unit;
    phases.probe.enter(&phases.probe, LG_PHASE_LOSS);
    clock_now += 3 * unit;
    for (uint64_t i = 0; i < updates; i++) {
        phases.probe.enter(&phases.probe, LG_PHASE_BACKWARD);
        clock_now += 4 * unit;
        phases.probe.enter(&phases.probe, LG_PHASE_UPDATE);
        clock_now += 5 * unit;
    }
    phases.probe.leave(&phases.probe);
    return true;
}

Test(phases, a_reading_costs_something)
{
    struct ticks best;
    ticks_find(&best);
    phases_open(&phases, best.now);
    cr_expect(phases.reading_ticks >= 1 && phases.reading_ticks < 100000);
    cr_expect_eq(phases.steps, 0);
    cr_expect_eq(phases.seen, 0);
    cr_expect_eq(phases_total(&phases), 0);
}

/* What happens between steps is nobody's, and readings are taken off. */
Test(phases, every_step_counts_once, .init = open_phases)
{
    for (size_t s = 0; s < 10; s++) {
        cr_assert(step(3, 100));
        clock_now += 1000000;
    }
    const uint64_t expected[LG_PHASES] = {1000, 2000, 3000, 12000, 15000};
    for (size_t p = 0; p < LG_PHASES; p++)
        cr_expect_eq(phases.ticks[p], expected[p], "%s", phases_names[p]);
    cr_expect_eq(phases_total(&phases), 33000);
    cr_expect_eq(phases.steps, 10);
    cr_expect_eq(phases.seen, 10);
    phases_reset(&phases);
    cr_expect_eq(phases_total(&phases), 0);
    cr_assert(step(1, 7));
    cr_expect_eq(phases_total(&phases), 15 * 7);
    cr_expect_eq(phases.steps, 1);
}

Test(phases, a_phase_shorter_than_its_readings_is_0, .init = open_phases)
{
    phases.reading_ticks = 3 * COST;
    cr_assert(step(1, 1));
    cr_expect_eq(phases_total(&phases), 0);
}

/* One in four, but not every fourth. */
Test(phases, some_steps_are_read, .init = open_phases)
{
    enum { STEPS = 40000, EVERY = 4 };
    size_t places[EVERY] = {0}, read = 0;
    phases.every = EVERY;
    for (size_t s = 0; s < STEPS; s++)
        if (step(2, 10)) {
            places[s % EVERY]++;
            read++;
        }
    cr_expect_eq(phases.steps, read);
    cr_expect_eq(phases.seen, STEPS);
    cr_expect(read > STEPS / EVERY * 95 / 100 && read < STEPS / EVERY * 105 / 100, "%zu", read);
    for (size_t i = 0; i < EVERY; i++)
        cr_expect(places[i] > read / EVERY * 9 / 10, "place %zu: %zu of %zu", i, places[i], read);
    cr_expect_eq(phases.ticks[LG_PHASE_UPDATE], 100 * read);
    cr_expect_eq(phases_total(&phases), 240 * read);
}

/* Blocks shorter than a gap: forgetting what was measured does not begin another gap. */
Test(phases, gaps_go_on_after_a_reset, .init = open_phases)
{
    size_t read = 0;
    phases.every = 50;
    for (size_t block = 0; block < 1000; block++) {
        for (size_t s = 0; s < 10; s++)
            read += step(1, 1);
        phases_reset(&phases);
    }
    cr_expect(read > 150 && read < 250, "%zu", read);
}

/* A pilot in which a step has 8 readings and 240 ticks of work, but would take so many
 * without readings. */
static void pilot(uint64_t unread, size_t steps)
{
    for (size_t s = 0; s < steps; s++)
        if (!step(2, 10))
            clock_now += unread - 10;
}

Test(phases, readings_settle_on_their_share, .init = open_pilot)
{
    pilot(200, 100);
    cr_expect_eq(phases.seen, 100);
    cr_expect_eq(phases.steps, 50);
    cr_expect_eq(phases.read_count, 50);
    cr_expect_eq(phases.unread_count, 49);
    phases_settle(&phases, 0.01);
    cr_expect_eq(phases.reading_ticks, 20 + 40.0 / 7);
    cr_expect_eq(phases.every, 91); /* 7 x 25.71 / 200 / 0.01, and 1 */
    cr_expect_eq(phases.steps, 0);
    cr_assert(step(2, 10));
    cr_expect(phases_total(&phases) >= 195 && phases_total(&phases) <= 200);
}

Test(phases, what_a_reading_costs_has_limits, .init = open_pilot)
{
    pilot(1000, 100); /* longer without readings */
    phases_settle(&phases, 0.5);
    cr_expect_eq(phases.reading_ticks, COST);
    cr_expect_eq(phases.every, 1);
    open_pilot();
    pilot(50, 100);
    phases_settle(&phases, 0.5);
    cr_expect_eq(phases.reading_ticks, 2 * COST);
}

/* Where pilot steps differ by more than readings cost, nothing is proven. */
Test(phases, noise_proves_nothing, .init = open_pilot)
{
    for (size_t s = 0; s < 100; s++)
        pilot(s % 4 < 2 ? 100 : 300, 1);
    phases_settle(&phases, 0.5);
    cr_expect_eq(phases.reading_ticks, COST);
}

Test(phases, a_pilot_may_be_long, .init = open_pilot)
{
    pilot(200, 6 * PHASES_PILOT);
    cr_expect_eq(phases.read_count, PHASES_PILOT);
    cr_expect_eq(phases.unread_count, PHASES_PILOT);
    phases_settle(&phases, 0.01);
    cr_expect_eq(phases.every, 91);
}

/* ---- With the engine ----------------------------------------------------------------- */

static void train(bool is_probed, char hex[LG_DIGEST_HEX], uint64_t *ticks)
{
    const struct lg_backend *b;
    struct lg_arena arena = {0};
    struct lg_sums sums = {0};
    cr_assert_eq(lg_backend_select(LG_F32, NULL, &b, &error), LG_OK);
    const size_t mse = training_find(b->loss, b->loss_count, "mse");
    const size_t adam = training_find(b->optimizer, b->optimizer_count, "adam");
    const struct lg_net_config config =
        training_config(b, (struct lg_choice){mse, lg_options_default(b->loss(mse))},
                        (struct lg_choice){adam, lg_options_default(b->optimizer(adam))}, 2);
    struct lg_images images = synthetic_images(1, 40, TRAINING_ROWS, TRAINING_COLUMNS);
    b->create(&arena, &config);
    cr_assert(images.pixels != NULL);
    cr_assert_eq(lg_arena_create(&arena, arena.used_bytes, &error), LG_OK);
    struct lg_net *net = b->create(&arena, &config);
    const struct lg_initialisation how = {
        .method = training_find(b->initialisation, b->initialisation_count, "torch7_uniform"),
        .seed = 1,
        .draw = 1};
    const struct lg_pass pass = {.images = &images, .count = 40, .capture = SIZE_MAX};
    b->initialise(net, &how);
    b->set_probe(net, is_probed ? &phases.probe : NULL);
    const uint64_t begin = phases.now();
    cr_assert_eq(b->train(net, &pass, &sums), 20);
    *ticks = phases.now() - begin;
    b->weights_digest(net, hex);
    lg_arena_destroy(&arena);
    free(images.pixels);
}

Test(phases, of_real_steps_are_within_their_time)
{
    char plain[LG_DIGEST_HEX], probed[LG_DIGEST_HEX];
    uint64_t ticks, raw = 0;
    struct ticks best;
    ticks_find(&best);
    phases_open(&phases, best.now);
    phases.is_pilot = false;
    train(false, plain, &ticks);
    train(true, probed, &ticks);
    cr_expect_str_eq(plain, probed);
    cr_expect_eq(phases.steps, 20);
    for (size_t p = 0; p < LG_PHASES; p++) {
        cr_expect_gt(phases.raw[p], 0, "%s", phases_names[p]);
        raw += phases.raw[p];
    }
    cr_expect_leq(raw, ticks);
    cr_expect_leq(phases_total(&phases), raw);
    cr_expect_gt(phases.ticks[LG_PHASE_UPDATE], 0);
}
