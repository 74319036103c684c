#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/counter/session.h"
#include "tests/unit/harness/counter/backend/fake_perf.h"
#include "tests/unit/harness/machine/fake_root.h"

enum { HARDWARE = 10, ALL = 14, PAGE_FAULTS = 11, SWITCHES = 12 };

static struct perf_system narrowed;
static struct counter_session *session;
static struct counter_totals totals;
static struct lg_error error;
static size_t perf;

static void make(void)
{
    fake_root_make();
    fake_root_write("proc/sys/kernel/perf_event_paranoid", "2\n");
    fake_root_write("sys/bus/event_source/devices/cpu/type", "4\n");
    fake_perf_reset();
    narrowed = fake_system;
    perf_use(&narrowed);
    size_t count;
    const struct counter *const *all = counters(&count);
    while (strcmp(all[perf]->name, "perf") != 0)
        perf++;
}

/* Whatever a test did, nothing stays open and nothing closed was used. */
static void clean(void)
{
    counter_session_close(session);
    cr_expect_eq(fake_open_count(), 0, "%d descriptors leaked", fake_open_count());
    cr_expect_eq(fake_misuses, 0, "%d wrong calls", fake_misuses);
    perf_use(NULL);
    fake_root_remove();
}

TestSuite(perf, .init = make, .fini = clean);

static void open_session(void)
{
    bool chosen[COUNTERS_MAX];
    cr_assert_eq(counters_choose("perf", chosen, &error), LG_OK, "%s", error.message);
    cr_assert_eq(counter_session_open(chosen, &session, &error), LG_OK, "%s", error.message);
}

static struct counter_value value_of(size_t column)
{
    return counter_session_value(session, &totals, perf, column);
}

static void measure(void)
{
    counter_session_start(session);
    counter_session_stop(session, &totals);
}

static void expect_absent(size_t column, const char *word)
{
    struct counter_value value = value_of(column);
    cr_assert_eq(value.state, COUNTER_ABSENT, "column %zu is there", column);
    cr_assert(strstr(value.reason, word) != NULL, "'%s' is not in: %s", word, value.reason);
}

Test(perf, one_group_of_the_hardware_and_one_of_the_kernel)
{
    open_session();
    cr_assert_eq(fake_count, ALL);
    for (int i = 0; i < ALL; i++) {
        const struct fake_event *event = &fake_events[i];
        const bool leads = i == 0 || i == HARDWARE;
        cr_expect_eq(event->group, leads ? -1 : i < HARDWARE ? FAKE_FIRST : FAKE_FIRST + HARDWARE);
        cr_expect_eq(event->attributes.disabled, leads);
        cr_expect_eq(event->attributes.size, sizeof event->attributes);
        cr_expect_eq(event->attributes.read_format, PERF_FORMAT_GROUP |
                                                        PERF_FORMAT_TOTAL_TIME_ENABLED |
                                                        PERF_FORMAT_TOTAL_TIME_RUNNING);
        cr_expect_eq(event->attributes.exclude_hv, 1);
        cr_expect_eq(event->attributes.exclude_kernel, i < SWITCHES);
        cr_expect_eq(event->attributes.inherit, 0);
        cr_expect_eq(event->flags, PERF_FLAG_FD_CLOEXEC);
        cr_expect_eq(event->is_enabled, leads);
    }
    cr_assert_eq(fake_events[0].attributes.config, PERF_COUNT_HW_CPU_CYCLES);
    cr_assert_eq(fake_events[1].attributes.config, PERF_COUNT_HW_INSTRUCTIONS);
    cr_assert_eq(fake_events[HARDWARE].attributes.type, PERF_TYPE_SOFTWARE);
}

Test(perf, values_are_differences_and_add_up)
{
    open_session();
    measure();
    for (size_t c = 0; c < ALL; c++) {
        cr_expect_eq(value_of(c).state, COUNTER_MEASURED);
        cr_expect_eq(value_of(c).value, 10.0 * (double)c, "column %zu: %g", c, value_of(c).value);
        cr_expect_eq(value_of(c).enabled_ns, 1000);
        cr_expect_eq(value_of(c).running_ns, 1000);
    }
    measure();
    cr_assert_eq(value_of(3).value, 60.0);
    counter_session_start(session);
    counter_session_lap(session, &totals);
    counter_session_lap(session, &totals);
    cr_assert_eq(totals.regions, 4);
    cr_assert_eq(value_of(3).value, 120.0);
}

Test(perf, shared_counters_are_scaled_and_say_so)
{
    fake.running_percent = 25;
    open_session();
    measure();
    cr_assert_eq(value_of(1).state, COUNTER_SCALED);
    cr_assert_float_eq(value_of(1).value, 10.0, 4.0); /* a whole number was scaled */
    cr_assert_eq(value_of(1).enabled_ns, 1000);
    cr_assert_eq(value_of(1).running_ns, 250);
    cr_assert_eq(value_of(PAGE_FAULTS).state, COUNTER_MEASURED);
}

Test(perf, counters_that_never_ran_are_absent)
{
    open_session();
    fake.running_percent = 0;
    counter_session_start(session);
    counter_session_stop(session, &totals);
    expect_absent(0, "held by others");
    cr_assert_eq(value_of(PAGE_FAULTS).state, COUNTER_MEASURED);
}

Test(perf, a_narrow_processor_gets_more_groups)
{
    fake.width = 4;
    open_session();
    measure();
    int leaders = 0;
    for (int i = 0; i < fake_count; i++)
        leaders += fake_events[i].group < 0;
    cr_assert_eq(fake_count, ALL);
    cr_assert_eq(leaders, 4); /* of 4, 4 and 2, and the kernel's */
    for (size_t c = 0; c < ALL; c++)
        cr_expect_eq(value_of(c).value, 10.0 * (double)c);
    cr_assert(strstr(counter_session_detail(session, perf), "14 of 14 events in 4 groups"));
}

Test(perf, a_group_that_never_fits_is_opened_again_in_parts)
{
    fake.free_width = 3;
    open_session();
    measure();
    cr_assert_eq(fake_open_count(), ALL);
    cr_assert_gt(fake_count, ALL);
    for (size_t c = 0; c < ALL; c++)
        cr_expect_eq(value_of(c).state, COUNTER_MEASURED, "column %zu", c);
}

Test(perf, a_refused_event_leaves_the_others)
{
    fake.refuse_config = PERF_COUNT_HW_CPU_CYCLES; /* the leader of them all */
    fake.refuse_config_code = ENOENT;
    open_session();
    measure();
    expect_absent(0, "this processor does not count it");
    cr_assert_eq(fake_count, ALL - 1);
    cr_assert_eq(fake_events[0].group, -1);
    cr_assert_eq(fake_events[0].attributes.disabled, 1);
    cr_assert_eq(fake_events[1].group, FAKE_FIRST);
    cr_assert_eq(value_of(2).value, 10.0);
    cr_assert_eq(value_of(PAGE_FAULTS).state, COUNTER_MEASURED);
}

static void expect_refusal(int code, const char *word)
{
    fake.refuse_hardware = code;
    open_session();
    measure();
    for (size_t c = 0; c < HARDWARE; c++)
        expect_absent(c, word);
    cr_assert_eq(value_of(PAGE_FAULTS).state, COUNTER_MEASURED);
}

Test(perf, unsupported)
{
    expect_refusal(EOPNOTSUPP, "this processor does not count it");
}

static void remove_pmu(void)
{
    char path[2 * FIXTURE_PATH];
    snprintf(path, sizeof path, "%s/sys/bus/event_source/devices/cpu/type", fake_root);
    cr_assert_eq(remove(path), 0);
    *strrchr(path, '/') = '\0';
    cr_assert_eq(remove(path), 0);
}

Test(perf, virtual_machine)
{
    narrowed.hypervisor = "KVM";
    remove_pmu();
    expect_refusal(ENOENT, "a virtual machine (KVM) without hardware counters");
}

Test(perf, no_driver)
{
    narrowed.root = "/nonexistent";
    expect_refusal(ENODEV, "no driver");
}

Test(perf, paranoid)
{
    fake_root_write("proc/sys/kernel/perf_event_paranoid", "3\n");
    expect_refusal(EACCES, "perf_event_paranoid = 3 forbids it (EACCES)");
}

Test(perf, container)
{
    expect_refusal(EPERM, "(EPERM), though perf_event_paranoid = 2: a container's seccomp filter");
}

Test(perf, paranoid_that_cannot_be_read)
{
    narrowed.root = "/nonexistent";
    expect_refusal(EPERM, "perf_event_paranoid = unknown");
}

Test(perf, no_system_call)
{
    expect_refusal(ENOSYS, "no perf_event_open (ENOSYS)");
}

Test(perf, busy)
{
    expect_refusal(EBUSY, "another program holds the counters");
}

Test(perf, wrong_attributes)
{
    expect_refusal(EINVAL, "refused: Invalid argument");
}

Test(perf, kernel_side_closed)
{
    fake.refuse_kernel = EACCES;
    open_session();
    measure();
    expect_absent(SWITCHES, "it happens in the kernel, which perf_event_paranoid = 2 closes");
    expect_absent(SWITCHES + 1, "getrusage");
    cr_assert_eq(value_of(0).state, COUNTER_MEASURED);
    cr_assert_eq(value_of(PAGE_FAULTS).state, COUNTER_MEASURED);
}

Test(perf, nothing_at_all)
{
    fake.refuse_hardware = fake.refuse_software = ENOSYS;
    open_session();
    measure();
    for (size_t c = 0; c < ALL; c++)
        expect_absent(c, "ENOSYS");
    cr_assert_eq(counter_session_cost_ns(session, perf), 0);
}

Test(perf, descriptors_run_out)
{
    fake.fail_after = 5;
    open_session();
    measure();
    cr_assert_eq(fake_open_count(), 5);
    cr_assert_eq(value_of(4).value, 40.0);
    expect_absent(5, "no file descriptor is left (EMFILE)");
    expect_absent(SWITCHES, "EMFILE");
}

Test(perf, descriptors_run_out_while_opening_again)
{
    fake.free_width = 3;
    fake.fail_after = ALL + 2;
    open_session();
    measure();
    cr_assert_eq(fake_open_count(), 2);
    expect_absent(5, "EMFILE");
}

Test(perf, a_reading_that_fails_is_absent)
{
    open_session();
    fake.short_reads = true;
    measure();
    expect_absent(0, "stopped counting");
    expect_absent(PAGE_FAULTS, "stopped counting");
}

/* The true kernel: whatever it allows is counted, and what it refuses has a reason. */
Test(perf, the_kernel_itself)
{
    perf_use(NULL);
    open_session();
    counter_session_start(session);
    for (volatile int spin = 0; spin < 100000; spin = spin + 1) {
    }
    counter_session_stop(session, &totals);
    for (size_t c = 0; c < ALL; c++) {
        struct counter_value value = value_of(c);
        if (value.state == COUNTER_ABSENT)
            cr_expect_gt(strlen(value.reason), 0);
        else if (c < 2)
            cr_expect_gt(value.value, 0);
    }
}
