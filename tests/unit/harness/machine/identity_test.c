#include "harness/machine/identity.h"

#include <criterion/criterion.h>
#include <string.h>

#include "tests/unit/harness/machine/fake_root.h"

static struct lg_error error;

TestSuite(identity, .init = fake_root_make, .fini = fake_root_remove);

static void look(char id[MACHINE_ID_BYTES + 1])
{
    struct machine machine;
    machine_look_at(&machine, fake_root);
    json_t *identity = identity_json(&machine);
    cr_assert_eq(identity_id(identity, id, &error), LG_OK);
    json_decref(identity);
}

/* A digest of known text, by sha256sum. */
Test(identity, is_the_sha256_of_the_sorted_json)
{
    char id[MACHINE_ID_BYTES + 1];
    json_t *identity = json_pack("{s:s, s:i}", "b", "x", "a", 1);
    cr_assert_eq(identity_id(identity, id, &error), LG_OK);
    cr_expect_str_eq(id, "ecf9e98ec064");
    json_decref(identity);
}

Test(identity, stays_while_the_load_changes_and_is_another_on_another_host)
{
    char one[MACHINE_ID_BYTES + 1], two[MACHINE_ID_BYTES + 1];
    fake_root_write("proc/sys/kernel/hostname", "node-1\n");
    fake_root_write("proc/loadavg", "0.10 0.20 0.30 1/100 1\n");
    look(one);
    fake_root_write("proc/loadavg", "9.10 9.20 9.30 1/100 1\n");
    fake_root_write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n");
    look(two);
    cr_expect_str_eq(one, two);
    fake_root_write("proc/sys/kernel/hostname", "node-2\n");
    look(two);
    cr_expect_str_neq(one, two);
}
