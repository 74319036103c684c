#include "harness/machine/conditions.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "tests/unit/harness/machine/fake_root.h"

static struct conditions before, after;
static struct conditions_row rows[CONDITIONS_MAX];

#define CPU "sys/devices/system/cpu/"

/* Processors 0 and 4 are one core; the test is pinned to 0 and all is quiet. */
static void make_quiet(void)
{
    fake_root_make();
    fake_root_write("proc/self/status", "Name:\tx\nCpus_allowed_list:\t0\n");
    fake_root_write("proc/loadavg", "0.10 0.20 0.30 1/100 1000\n");
    fake_root_write("proc/stat", "cpu  1000 0 0 9000 0 0 0 0 0 0\n"
                                 "cpu0 500 0 0 4500 0 0 0 0 0 0\n"
                                 "cpu4 500 0 0 4500 0 0 0 0 0 0\nintr 1\n");
    fake_root_write(CPU "cpu0/topology/thread_siblings_list", "0,4\n");
    fake_root_write(CPU "cpu0/cpufreq/scaling_governor", "performance\n");
    fake_root_write(CPU "cpu0/thermal_throttle/core_throttle_count", "3\n");
    fake_root_write(CPU "intel_pstate/no_turbo", "1\n");
    conditions_take(&before, fake_root);
    /* Ten seconds later. */
    fake_root_write("proc/loadavg", "0.90 0.20 0.30 1/100 1000\n");
    fake_root_write("proc/stat", "cpu  2000 0 0 10000 0 0 0 0 0 0\n"
                                 "cpu0 1500 0 0 4500 0 0 0 0 0 0\n"
                                 "cpu4 500 0 0 5500 0 0 0 0 0 0\n");
}

TestSuite(conditions, .init = make_quiet, .fini = fake_root_remove);

static const struct conditions_row *judged(const char *name)
{
    conditions_take(&after, fake_root);
    before.variant = after.variant = "release";
    conditions_judge(&before, &after, rows);
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        if (strcmp(rows[i].name, name) == 0)
            return &rows[i];
    cr_assert_fail("no check %s", name);
    return NULL;
}

static void expect(const char *name, enum conditions_verdict verdict, const char *word)
{
    const struct conditions_row *row = judged(name);
    cr_assert_eq(row->verdict, verdict, "%s: %s: %s", name, conditions_words[row->verdict],
                 row->sentence);
    cr_assert(strstr(row->sentence, word) != NULL, "'%s' is not in: %s", word, row->sentence);
}

/* With no other check than this one at fault. */
static void expect_alone(const char *name, enum conditions_verdict verdict, const char *word)
{
    expect(name, verdict, word);
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        cr_expect(strcmp(rows[i].name, name) == 0 || rows[i].verdict == CONDITIONS_OK, "%s: %s",
                  rows[i].name, rows[i].sentence);
}

Test(conditions, a_quiet_machine_is_ok)
{
    expect_alone("affinity", CONDITIONS_OK, "Pinned");
}

Test(conditions, governor)
{
    fake_root_write(CPU "cpu0/cpufreq/scaling_governor", "powersave\n");
    expect_alone("governor", CONDITIONS_WARNING, "changed from performance to powersave");
    before = after;
    cr_assert_eq(strcmp(before.governor, "powersave"), 0);
    conditions_judge(&before, &after, rows);
    cr_assert(strstr(rows[1].sentence, "powersave, not performance"), "%s", rows[1].sentence);
}

Test(conditions, turbo)
{
    fake_root_write(CPU "intel_pstate/no_turbo", "0\n");
    expect_alone("turbo", CONDITIONS_WARNING, "Turbo is on");
}

Test(conditions, boost_of_other_drivers)
{
    char path[2 * FIXTURE_PATH];
    snprintf(path, sizeof path, "%s/" CPU "intel_pstate/no_turbo", fake_root);
    cr_assert_eq(remove(path), 0);
    fake_root_write(CPU "cpufreq/boost", "1\n");
    expect_alone("turbo", CONDITIONS_WARNING, "Turbo is on");
    fake_root_write(CPU "cpufreq/boost", "0\n");
    before.turbo = PROCESSOR_NO;
    expect_alone("turbo", CONDITIONS_OK, "off");
}

Test(conditions, load)
{
    fake_root_write("proc/loadavg", "2.25 0.20 0.30 1/100 1000\n");
    expect_alone("load", CONDITIONS_WARNING, "2.25 after");
}

/* Before a run nothing is known of the time after it. */
Test(conditions, load_is_unknown_for_a_run_to_come)
{
    fake_root_write("proc/loadavg", "0.75 0.20 0.30 1/100 1000\n");
    conditions_take(&after, fake_root);
    after.nothing_ran = true;
    conditions_judge(&before, &after, rows);
    for (size_t i = 0; i < CONDITIONS_MAX; i++) {
        cr_assert_null(strstr(rows[i].sentence, "after the run"), "%s", rows[i].sentence);
        if (strcmp(rows[i].name, "load") == 0) {
            cr_assert_eq(rows[i].verdict, CONDITIONS_WARNING);
            cr_assert_str_eq(rows[i].sentence, "Other programs run: the load is 0.75.");
        }
    }
}

Test(conditions, load_before)
{
    before.load = 0.75;
    expect_alone("load", CONDITIONS_WARNING, "0.75 before");
}

Test(conditions, busy_sibling)
{
    fake_root_write("proc/stat", "cpu0 1500 0 0 4500 0 0 0 0 0 0\n"
                                 "cpu4 750 0 0 5250 0 0 0 0 0 0\n");
    expect_alone("smt", CONDITIONS_WARNING, "busy 25.0 %");
}

Test(conditions, stolen_time)
{
    fake_root_write("proc/stat", "cpu0 1450 0 0 4500 0 0 0 50 0 0\n"
                                 "cpu4 500 0 0 5500 0 0 0 0 0 0\n");
    expect_alone("steal", CONDITIONS_WARNING, "took 5.00 %");
}

Test(conditions, throttling)
{
    fake_root_write(CPU "cpu0/thermal_throttle/core_throttle_count", "5\n");
    expect_alone("throttling", CONDITIONS_WARNING, "2 times");
}

Test(conditions, debug_build)
{
    (void)judged("build");
    before.variant = "debug";
    conditions_judge(&before, &after, rows);
    cr_assert_str_eq(rows[CONDITIONS_MAX - 1].name, "build");
    cr_assert_eq(rows[CONDITIONS_MAX - 1].verdict, CONDITIONS_WARNING);
}

Test(conditions, not_pinned)
{
    fake_root_write("proc/self/status", "Cpus_allowed_list:\t0-1,4\n");
    expect("affinity", CONDITIONS_WARNING, "changed");
    before = after;
    conditions_judge(&before, &after, rows);
    cr_assert(strstr(rows[0].sentence, "among 3 processors"), "%s", rows[0].sentence);
}

Test(conditions, too_short_to_tell)
{
    before = (struct conditions){0};
    conditions_take(&before, fake_root);
    expect("steal", CONDITIONS_UNKNOWN, "too short");
    expect("smt", CONDITIONS_UNKNOWN, "not known");
}

/* A machine that reports nothing is never ok. */
Test(conditions, nothing_is_known)
{
    conditions_take(&before, "/nonexistent");
    conditions_judge(&before, &before, rows);
    for (size_t i = 0; i + 1 < CONDITIONS_MAX; i++)
        cr_expect_eq(rows[i].verdict, CONDITIONS_UNKNOWN, "%s: %s", rows[i].name, rows[i].sentence);
}

Test(conditions, this_machine_can_be_asked)
{
    conditions_take(&before, "");
    conditions_take(&after, "");
    conditions_judge(&before, &after, rows);
    for (size_t i = 0; i < CONDITIONS_MAX; i++)
        cr_expect_gt(strlen(rows[i].sentence), 0);
    cr_assert_gt(before.allowed_count, 0);
}
