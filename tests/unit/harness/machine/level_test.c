#include "harness/machine/level.h"

#include <criterion/criterion.h>
#include <string.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

static struct level levels[LEVELS];

static const struct machine whole = {
    .memory_bytes = (size_t)8 << 30,
    .cache_count = 4,
    .caches = {{"L1d", 32 * KIB, 64},
               {"L1i", 64 * KIB, 64},
               {"L2", 512 * KIB, 64},
               {"L3", 32 * MIB, 64}},
};

Test(level, working_sets_lie_between_the_caches)
{
    levels_find(&whole, levels);
    cr_assert_eq(levels[0].bytes, 16 * KIB);
    cr_assert(levels[1].bytes > 64 * KIB && levels[1].bytes < 256 * KIB);
    cr_assert(levels[2].bytes > 2 * MIB && levels[2].bytes < 8 * MIB);
    cr_assert_eq(levels[3].bytes, 128 * MIB);
    for (int i = 0; i < LEVELS; i++)
        cr_assert_str_empty(levels[i].absent);
}

static void assert_absent(int level, const char *reason)
{
    cr_assert_eq(levels[level].bytes, 0);
    cr_assert_str_eq(levels[level].absent, reason);
}

Test(level, unknown_caches_have_no_working_set)
{
    const struct machine nothing = {.memory_bytes = (size_t)8 << 30};
    levels_find(&nothing, levels);
    assert_absent(0, "the system reports no L1 data cache");
    assert_absent(2, "the system reports no L3 data cache");
    assert_absent(3, "the sizes of the caches are unknown");
}

Test(level, unknown_neighbour)
{
    struct machine machine = whole;
    machine.caches[2].size_bytes = 0;
    levels_find(&machine, levels);
    cr_assert_eq(levels[0].bytes, 16 * KIB);
    assert_absent(1, "the system reports no L2 data cache");
    assert_absent(2, "the size of L2 is unknown");
    assert_absent(3, "the sizes of the caches are unknown");
}

Test(level, without_l3_memory_begins_behind_l2)
{
    struct machine machine = whole;
    machine.cache_count = 3;
    levels_find(&machine, levels);
    assert_absent(2, "the system reports no L3 data cache");
    cr_assert_eq(levels[3].bytes, 2 * MIB);
}

Test(level, no_more_than_an_eighth_of_the_memory)
{
    struct machine machine = whole;
    machine.memory_bytes = (size_t)512 << 20;
    levels_find(&machine, levels);
    assert_absent(3, "four times the last cache would be 128 MiB, and 64 MiB may be used");
    cr_assert_gt(levels[2].bytes, 0);
}

Test(level, a_sweep_that_does_not_reach_the_last_cache)
{
    const struct machine swept = {.memory_bytes = (size_t)8 << 30,
                                  .cache_count = 2,
                                  .caches = {{"L1d", 45 * KIB, 0}, {"L2", 2 * MIB, 0}},
                                  .caches_from = MACHINE_SWEEP};
    levels_find(&swept, levels);
    cr_assert_gt(levels[0].bytes, 0);
    cr_assert_gt(levels[1].bytes, 0);
    assert_absent(2, "the system reports no caches, and a sweep of latencies found no end of an "
                     "L3");
    cr_assert_eq(levels[3].bytes, (size_t)1 << 28, "four times L2 may be another cache");
}
