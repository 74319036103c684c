#include "harness/timing/schedule.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

enum { SERIES = 7, ROUNDS = 700 };

static size_t orders[2][ROUNDS][SERIES];

static void draw(size_t which, uint64_t seed)
{
    struct schedule schedule;
    schedule_begin(&schedule, seed);
    for (size_t r = 0; r < ROUNDS; r++)
        schedule_round(&schedule, orders[which][r], SERIES);
}

Test(schedule, every_series_once_a_round)
{
    draw(0, 1);
    for (size_t r = 0; r < ROUNDS; r++) {
        bool seen[SERIES] = {false};
        for (size_t i = 0; i < SERIES; i++) {
            cr_assert_lt(orders[0][r][i], SERIES);
            cr_assert_not(seen[orders[0][r][i]], "round %zu has %zu twice", r, orders[0][r][i]);
            seen[orders[0][r][i]] = true;
        }
    }
}

Test(schedule, the_seed_decides)
{
    draw(0, 1);
    draw(1, 1);
    cr_assert_eq(memcmp(orders[0], orders[1], sizeof orders[0]), 0);
    draw(1, 2);
    cr_assert_neq(memcmp(orders[0], orders[1], sizeof orders[0]), 0);
}

/* 700 rounds put each series at each place 100 times, give or take 9. */
Test(schedule, every_place_is_equally_likely)
{
    size_t counts[SERIES][SERIES] = {{0}};
    draw(0, 3);
    for (size_t r = 0; r < ROUNDS; r++)
        for (size_t i = 0; i < SERIES; i++)
            counts[i][orders[0][r][i]]++;
    for (size_t i = 0; i < SERIES; i++)
        for (size_t s = 0; s < SERIES; s++)
            cr_expect(counts[i][s] > 60 && counts[i][s] < 140, "series %zu at %zu: %zu times", s, i,
                      counts[i][s]);
}

Test(schedule, every_arm_can_be_the_control)
{
    size_t counts[3] = {0};
    for (uint64_t seed = 0; seed < 90; seed++) {
        const size_t control = schedule_control(seed, 3);
        cr_assert_lt(control, 3);
        cr_assert_eq(control, schedule_control(seed, 3));
        counts[control]++;
    }
    for (size_t i = 0; i < 3; i++)
        cr_expect_gt(counts[i], 10);
}

/* ---- Stopping ------------------------------------------------------------ */

static const struct stopping stopping = {
    .precision = 0.02, .budget_ns = 1000, .least = 10, .most = 100};

Test(stopping, by_the_widest_interval)
{
    cr_assert_eq(stopping_ask(&stopping, 10, 0.021, 500), STOP_NOT);
    cr_assert_eq(stopping_ask(&stopping, 10, 0.02, 500), STOP_PRECISION);
    cr_assert_eq(stopping_ask(&stopping, 9, 0.001, 500), STOP_NOT);
    cr_assert_eq(stopping_ask(&stopping, 50, (double)INFINITY, 500), STOP_NOT);
}

Test(stopping, by_the_budget)
{
    cr_assert_eq(stopping_ask(&stopping, 3, 0.5, 999), STOP_NOT);
    cr_assert_eq(stopping_ask(&stopping, 3, 0.5, 1000), STOP_BUDGET);
    /* One round there must be. */
    cr_assert_eq(stopping_ask(&stopping, 0, (double)INFINITY, 5000), STOP_NOT);
    /* What is narrow enough did not end by the budget. */
    cr_assert_eq(stopping_ask(&stopping, 10, 0.01, 2000), STOP_PRECISION);
}

Test(stopping, when_there_is_no_more_room)
{
    cr_assert_eq(stopping_ask(&stopping, 99, 0.5, 10), STOP_NOT);
    cr_assert_eq(stopping_ask(&stopping, 100, 0.5, 10), STOP_ROUNDS);
}

Test(stopping, time_left)
{
    const struct stopping seconds = {0.02, 60000000000, 10, 1000};
    /* Twice as wide as wanted: four times as many rounds in all. */
    cr_assert_float_eq(stopping_seconds_left(&seconds, 20, 0.04, 4000000000), 12.0, 1e-9);
    /* But not beyond the budget, and not before the least number of rounds. */
    cr_assert_float_eq(stopping_seconds_left(&seconds, 20, 0.4, 4000000000), 56.0, 1e-9);
    cr_assert_float_eq(stopping_seconds_left(&seconds, 5, 0.001, 4000000000), 4.0, 1e-9);
    cr_assert_float_eq(stopping_seconds_left(&seconds, 1, (double)INFINITY, 1000000000), 59.0,
                       1e-9);
    cr_assert_eq(stopping_seconds_left(&seconds, 20, 0.04, 70000000000), 0.0);
}
