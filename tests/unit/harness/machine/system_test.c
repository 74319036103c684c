#include "harness/machine/system.h"

#include <criterion/criterion.h>

#include "tests/unit/harness/machine/fake_root.h"

TestSuite(system, .init = fake_root_make, .fini = fake_root_remove);

Test(system, lines_and_numbers)
{
    char text[SYSTEM_TEXT_MAX] = "before";
    uint64_t number = 7;
    fake_root_write("proc/a", "first line\nsecond\n");
    fake_root_write("proc/empty", "\n");
    fake_root_write("proc/n12", "4096 kB\n");
    fake_root_write("proc/minus", "-1\n");
    fake_root_write("proc/huge", "99999999999999999999\n");
    cr_assert_not(system_line(text, fake_root, "proc/missing"));
    cr_assert_not(system_line(text, fake_root, "proc/empty"));
    cr_assert_str_eq(text, "before");
    cr_assert(system_line(text, fake_root, "proc/%s", "a"));
    cr_assert_str_eq(text, "first line");
    cr_assert_not(system_number(&number, fake_root, "proc/a"));
    cr_assert_not(system_number(&number, fake_root, "proc/missing"));
    cr_assert_not(system_number(&number, fake_root, "proc/minus"));
    cr_assert_not(system_number(&number, fake_root, "proc/huge"));
    cr_assert_eq(number, 7);
    cr_assert(system_number(&number, fake_root, "proc/n%d", 12));
    cr_assert_eq(number, 4096);
}

Test(system, processor_lists)
{
    bool set[SYSTEM_PROCESSORS_MAX];
    cr_assert_eq(system_processors("0-3,8", set), 5);
    cr_assert(set[0] && set[3] && set[8] && !set[4] && !set[9]);
    cr_assert_eq(system_processors("2\n", set), 1);
    cr_assert(set[2] && !set[0]);
    cr_assert_eq(system_processors("1,1-2", set), 2);
    cr_assert_eq(system_processors("", set), 0);
    cr_assert_eq(system_processors("a", set), 0);
    cr_assert_eq(system_processors("3-1", set), 0);
    cr_assert_eq(system_processors("0-", set), 0);
    cr_assert_eq(system_processors("0;1", set), 0);
    cr_assert_eq(system_processors("0-99999", set), 0);
}

Test(system, load)
{
    double load[3];
    cr_assert_not(system_load(load, fake_root));
    fake_root_write("proc/loadavg", "0.5 1.25\n");
    cr_assert_not(system_load(load, fake_root));
    fake_root_write("proc/loadavg", "0.5 1.25 3.00 1/100 1000\n");
    cr_assert(system_load(load, fake_root));
    cr_assert_eq(load[0], 0.5);
    cr_assert_eq(load[2], 3);
}
