#include "harness/counter/counter.h"

#include <criterion/criterion.h>
#include <string.h>
#include <time.h>

#include "harness/counter/session.h"

static struct lg_error error;
static bool chosen[COUNTERS_MAX];

static size_t chosen_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < COUNTERS_MAX; i++)
        count += chosen[i];
    return count;
}

static size_t find(const char *name)
{
    size_t count, index = 0;
    const struct counter *const *all = counters(&count);
    while (index < count && strcmp(all[index]->name, name) != 0)
        index++;
    cr_assert_lt(index, count, "no counter %s", name);
    return index;
}

Test(counter, registry_is_sound)
{
    size_t count;
    const struct counter *const *all = counters(&count);
    cr_assert_geq(count, 4);
    for (size_t i = 0; i < count; i++) {
        cr_expect(i == 0 || strcmp(all[i - 1]->name, all[i]->name) < 0);
        cr_expect_leq(all[i]->column_count, COUNTER_COLUMNS_MAX);
        cr_expect_leq(all[i]->column_count, all[i]->slot_count);
        cr_expect_leq(all[i]->slot_count, COUNTER_SLOTS_MAX);
    }
}

Test(counter, column_names_are_unique)
{
    const char *names[COUNTERS_MAX * COUNTER_COLUMNS_MAX];
    size_t count, found = 0;
    const struct counter *const *all = counters(&count);
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < all[i]->column_count; c++)
            names[found++] = all[i]->columns[c].name;
    for (size_t i = 0; i < found; i++)
        for (size_t j = 0; j < i; j++)
            cr_expect_str_neq(names[i], names[j]);
}

Test(counter, lists_are_parsed)
{
    size_t count;
    counters(&count);
    cr_assert_eq(counters_choose("all", chosen, &error), LG_OK);
    cr_assert_eq(chosen_count(), count);
    cr_assert_eq(counters_choose("none", chosen, &error), LG_OK);
    cr_assert_eq(chosen_count(), 0);
    cr_assert_eq(counters_choose("tsc,clock", chosen, &error), LG_OK);
    cr_assert_eq(chosen_count(), 2);
    cr_assert(chosen[find("tsc")] && chosen[find("clock")]);
}

static void expect_refused(const char *list, const char *word)
{
    cr_assert_eq(counters_choose(list, chosen, &error), LG_USAGE, "'%s' was taken", list);
    cr_assert(strstr(error.message, word) != NULL, "'%s' is not in: %s", word, error.message);
}

Test(counter, wrong_lists_are_refused)
{
    expect_refused("clock,pref", "unknown counter 'pref'");
    expect_refused("clock,pref", "did you mean 'perf'");
    expect_refused("", "unknown counter ''");
    expect_refused("clock,", "unknown counter ''");
    expect_refused("clock,,tsc", "unknown counter ''");
    expect_refused("Clock", "did you mean 'clock'");
    expect_refused("clock,all", "stands alone");
    expect_refused("none,clock", "stands alone");
}

/* ---- Sessions ------------------------------------------------------------ */

static struct counter_session *open_session(const char *list)
{
    struct counter_session *session;
    cr_assert_eq(counters_choose(list, chosen, &error), LG_OK, "%s", error.message);
    cr_assert_eq(counter_session_open(chosen, &session, &error), LG_OK, "%s", error.message);
    return session;
}

static void spin(int count)
{
    for (volatile int i = 0; i < count; i = i + 1) {
    }
}

Test(counter, regions_add_up)
{
    struct counter_session *session = open_session("clock,rusage");
    struct counter_totals once = {0}, many = {0};
    counter_session_start(session);
    spin(200000);
    counter_session_lap(session, &once);
    for (int i = 0; i < 20; i++) {
        spin(200000);
        counter_session_lap(session, &many);
    }
    cr_assert_eq(once.regions, 1);
    cr_assert_eq(many.regions, 20);
    const size_t clock = find("clock"), rusage = find("rusage");
    const struct counter_value wall = counter_session_value(session, &many, clock, 0);
    const struct counter_value cpu = counter_session_value(session, &many, clock, 2);
    cr_assert_eq(wall.state, COUNTER_MEASURED);
    cr_assert_gt(cpu.value, 0);
    cr_assert_gt(wall.value, counter_session_value(session, &once, clock, 0).value);
    /* A level is the largest that was seen, not a sum over the regions. */
    const double resident = counter_session_value(session, &many, rusage, 6).value;
    cr_assert_gt(resident, 0);
    cr_assert_eq(resident, counter_session_value(session, &once, rusage, 6).value);
    counter_session_close(session);
}

Test(counter, what_was_not_chosen_or_measured_is_absent)
{
    struct counter_session *session = open_session("clock");
    struct counter_totals totals = {0};
    struct counter_value value = counter_session_value(session, &totals, find("clock"), 0);
    cr_assert_eq(value.state, COUNTER_ABSENT);
    cr_assert_str_eq(value.reason, "no region was measured");
    counter_session_start(session);
    counter_session_stop(session, &totals);
    value = counter_session_value(session, &totals, find("rusage"), 0);
    cr_assert_eq(value.state, COUNTER_ABSENT);
    cr_assert_str_eq(value.reason, "not chosen");
    counter_session_close(session);
}

Test(counter, measuring_knows_its_cost)
{
    struct counter_session *session = open_session("all");
    cr_assert_gt(counter_session_overhead_ns(session), 0);
    cr_assert_gt(counter_session_cost_ns(session, find("clock")), 0);
    cr_assert_gt(counter_session_empty(session)->regions, 100);
    counter_session_close(session);
}

Test(counter, none_is_free_to_open)
{
    struct counter_session *session = open_session("none");
    struct counter_totals totals = {0};
    counter_session_start(session);
    counter_session_stop(session, &totals);
    cr_assert_eq(totals.regions, 1);
    counter_session_close(session);
}

/* The processor's clock and the system's over the same 10 ms: the share by which they
 * differ, or -1 where there is no tick. */
static double tick_error(const struct counter_session *session, struct counter_totals *totals)
{
    const struct counter_value wall = counter_session_value(session, totals, find("clock"), 1);
    const struct counter_value ticks = counter_session_value(session, totals, find("tsc"), 1);
    if (ticks.state == COUNTER_ABSENT)
        return -1;
    return ticks.value > wall.value ? ticks.value / wall.value - 1 : 1 - ticks.value / wall.value;
}

/* The test may be stopped between the two readings, though not every time. */
Test(counter, ticks_agree_with_the_clock)
{
    enum { TRIES = 20 };
    const struct timespec pause = {.tv_nsec = 10000000};
    struct counter_session *session = open_session("clock,tsc");
    double smallest = 1;
    for (int i = 0; i < TRIES && smallest > 0.01; i++) {
        struct counter_totals totals = {0};
        counter_session_start(session);
        nanosleep(&pause, NULL);
        counter_session_stop(session, &totals);
        const double found = tick_error(session, &totals);
        smallest = found < smallest ? found : smallest;
    }
    counter_session_close(session);
    cr_assert_leq(smallest, 0.01);
}
