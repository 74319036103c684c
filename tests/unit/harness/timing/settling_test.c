/* Where a cost settles, of ratios whose truth is known. */
#include "harness/timing/settling.h"

#include <criterion/criterion.h>
#include <math.h>

static struct settling settling;

/* A cost by step; `noise`: half the width of each interval. */
static void follow(double (*cost)(uint64_t step), uint64_t most, double noise)
{
    settling_begin(&settling, 16, 0.02);
    for (uint64_t at = 16; at < most;) {
        at = settling_next(&settling, most);
        const double ratio = cost(at) / cost(settling.anchor);
        const struct settling_look look = {
            .steps = at,
            .ratio = {9, ratio, ratio, ratio, true, ratio * (1 - noise), ratio * (1 + noise)}};
        settling_add(&settling, &look);
    }
}

static double constant(uint64_t step)
{
    (void)step;
    return 45;
}

static double rising_once(uint64_t step)
{
    return step < 700 ? 45 : 98;
}

static double falling_once(uint64_t step)
{
    return step < 700 ? 98 : 45;
}

static double creeping(uint64_t step)
{
    return 45 * pow((double)step, 0.014); /* 1 % each time that the step doubles */
}

static double growing(uint64_t step)
{
    return 45 + 0.1 * (double)step;
}

Test(settling, a_constant_cost_has_settled_from_the_start)
{
    follow(constant, 64, 0.01);
    cr_assert(settling_is_settled(&settling));
    cr_assert_eq(settling.anchor, 16);
    cr_assert_float_eq(settling.resolution, 1 / 0.99 - 1, 1e-12);
}

Test(settling, a_rise_or_a_fall_is_where_it_begins_again)
{
    double (*const costs[])(uint64_t) = {rising_once, falling_once};
    for (size_t i = 0; i < 2; i++) {
        follow(costs[i], 2048, 0.01);
        cr_assert_not(settling_is_settled(&settling), "seen for too short a time");
        follow(costs[i], 4096, 0.01);
        cr_assert(settling_is_settled(&settling));
        cr_assert_eq(settling.anchor, 1024);
    }
}

/* Before the rise nothing shows it: the result says how far training was followed. */
Test(settling, what_was_not_reached_is_not_claimed)
{
    follow(rising_once, 512, 0.01);
    cr_assert(settling_is_settled(&settling));
    cr_assert_eq(settling.reached, 512);
}

Test(settling, a_growing_cost_never_settles)
{
    for (uint64_t most = 1024; most < 1 << 20; most *= 2) {
        follow(growing, most, 0.01);
        cr_assert_not(settling_is_settled(&settling), "at %llu", (unsigned long long)most);
    }
}

/* One per cent at a time is within the tolerance of 2 %, three of them are not. */
Test(settling, a_creeping_cost_is_seen)
{
    size_t changes = 0;
    follow(creeping, 1 << 20, 0.001);
    for (size_t i = 0; i < settling.count; i++)
        changes += settling.looks[i].is_changed;
    cr_assert_gt(changes, 3);
}

/* A ratio within the noise is no change; the resolution says which change could be missed. */
Test(settling, noise_is_no_change_and_has_its_resolution)
{
    follow(creeping, 1 << 14, 0.3);
    cr_assert_eq(settling.anchor, 16);
    cr_assert(settling_is_settled(&settling));
    cr_assert_gt(settling.resolution, 0.3);
}

Test(settling, without_an_interval_nothing_has_settled)
{
    const struct settling_look look = {.steps = 256, .ratio = {1, 1, 1, 1, false, 0, 0}};
    settling_begin(&settling, 16, 0.02);
    settling_add(&settling, &look);
    cr_assert_not(settling_is_settled(&settling));
}
