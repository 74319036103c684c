#include "harness/machine/machine.h"

#include <criterion/criterion.h>

#include "tests/unit/harness/machine/fake_root.h"

TestSuite(machine, .init = fake_root_make, .fini = fake_root_remove);

#define CPU "sys/devices/system/cpu/"

static struct machine machine;

static void write_processor(int processor, const char *threads, const char *socket)
{
    char path[128];
    snprintf(path, sizeof path, CPU "cpu%d/topology/thread_siblings_list", processor);
    fake_root_write(path, threads);
    snprintf(path, sizeof path, CPU "cpu%d/topology/core_siblings_list", processor);
    fake_root_write(path, socket);
}

Test(machine, topology_of_two_sockets)
{
    fake_root_write(CPU "online", "0-7\n");
    fake_root_write("sys/devices/system/node/online", "0-1\n");
    for (int p = 0; p < 8; p++)
        write_processor(p,
                        p % 4 == 0   ? "0,4\n"
                        : p % 4 == 1 ? "1,5\n"
                        : p % 4 == 2 ? "2,6\n"
                                     : "3,7\n",
                        p % 4 < 2 ? "0-1,4-5\n" : "2-3,6-7\n");
    const struct topology found = topology_look(fake_root);
    cr_assert_eq(found.sockets, 2);
    cr_assert_eq(found.cores, 4);
    cr_assert_eq(found.threads_per_core, 2);
    cr_assert_eq(found.numa_nodes, 2);
}

Test(machine, what_the_system_reports)
{
    fake_root_write("proc/cpuinfo", "processor\t: 0\nvendor_id\t: Maker\ncpu family\t: 6\n"
                                    "model\t\t: 85\nmodel name\t: Fast One\nstepping\t: 4\n"
                                    "microcode\t: 0x2006e05\nflags\t\t: fpu avx2 odd fma\n\n"
                                    "processor\t: 1\nmicrocode\t: 0x1\n");
    fake_root_write("proc/loadavg", "0.25 0.50 0.75 1/100 1000\n");
    fake_root_write("proc/sys/kernel/perf_event_paranoid", "-1\n");
    fake_root_write(CPU "intel_pstate/no_turbo", "0\n");
    machine_look_at(&machine, fake_root);
    cr_assert_str_eq(machine.vendor, "Maker");
    cr_assert_str_eq(machine.microcode, "0x2006e05");
    cr_assert_eq(machine.family, 6);
    cr_assert_eq(machine.stepping, 4);
    cr_assert_str_eq(machine.flags, "avx2 fma");
    cr_assert_eq(machine.turbo, PROCESSOR_YES);
    json_t *json = machine_json(&machine);
    cr_assert_eq(json_integer_value(json_object_get(json, "perf_event_paranoid")), -1);
    cr_assert(json_is_true(json_object_get(json, "turbo")));
    cr_assert_eq(json_real_value(json_array_get(json_object_get(json, "load"), 1)), 0.5);
    json_decref(json);
}

Test(machine, what_is_unknown_is_null)
{
    static const char *const keys[] = {
        "vendor", "cpu",      "family", "stepping", "microcode",          "flags",
        "caches", "governor", "turbo",  "load",     "perf_event_paranoid"};
    machine_look_at(&machine, "/nonexistent");
    json_t *json = machine_json(&machine);
    cr_assert_not_null(json);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        cr_expect(json_is_null(json_object_get(json, keys[i])), "%s", keys[i]);
    const json_t *topology = json_object_get(json, "topology");
    cr_assert(json_is_null(json_object_get(topology, "cores")));
    json_decref(json);
}

/* A made-up system is named as such, and has none of the real one's caches. */
Test(machine, what_it_was_read_under_is_named)
{
    machine_look_at(&machine, "/nonexistent");
    cr_assert_not(machine_knows_caches(&machine));
    cr_assert_str_eq(machine.caches_from, "unknown");
    json_t *json = machine_json(&machine);
    cr_assert_str_eq(json_string_value(json_object_get(json, "read_under")), "/nonexistent");
    json_decref(json);
    machine_look_at(&machine, "");
    json = machine_json(&machine);
    cr_assert_null(json_object_get(json, "read_under"));
    json_decref(json);
}
