/* Caches of known sizes, in made-up latencies. */
#include "harness/machine/sweep.h"

#include <criterion/criterion.h>

enum { KIB = 1 << 10, MIB = 1 << 20 };

static size_t sizes[SWEEP_KNEES];
static double wobble;
static unsigned turn;

/* A random walk in more than a cache's size hits it as often as its share of that. */
static double latency(size_t bytes)
{
    static const double level_ns[] = {1.2, 4, 20, 90};
    double ns = level_ns[0];
    for (int i = 0; i < SWEEP_KNEES && sizes[i] > 0; i++) {
        const double miss = bytes > sizes[i] ? 1 - (double)sizes[i] / (double)bytes : 0;
        ns += miss * (level_ns[i + 1] - level_ns[i]);
    }
    return ns * (1 + wobble * ((double)(turn++ % 3) - 1));
}

static size_t find(size_t most, size_t knees[SWEEP_KNEES])
{
    struct sweep sweep;
    sweep_take(&sweep, most, latency);
    return sweep_knees(&sweep, knees);
}

static void expect(size_t l1, size_t l2, size_t l3)
{
    size_t knees[SWEEP_KNEES];
    const size_t expected[] = {l1, l2, l3};
    for (int i = 0; i < SWEEP_KNEES; i++)
        sizes[i] = expected[i];
    cr_assert_eq(find((size_t)256 * MIB, knees), SWEEP_KNEES);
    for (int i = 0; i < SWEEP_KNEES; i++)
        cr_assert(knees[i] <= 1.8 * (double)expected[i] &&
                      1.5 * (double)knees[i] >= (double)expected[i],
                  "L%d: found %zu, it is %zu", i + 1, knees[i], expected[i]);
}

Test(sweep, finds_caches)
{
    expect(32 * KIB, 512 * KIB, 32 * MIB);
    expect(48 * KIB, 2 * MIB, 36 * MIB);
    expect(64 * KIB, 1 * MIB, 8 * MIB);
}

Test(sweep, finds_them_in_noise)
{
    wobble = 0.04;
    expect(32 * KIB, 512 * KIB, 32 * MIB);
    expect(48 * KIB, 2 * MIB, 36 * MIB);
}

Test(sweep, what_it_does_not_reach_it_does_not_find)
{
    size_t knees[SWEEP_KNEES];
    sizes[0] = 32 * KIB, sizes[1] = MIB, sizes[2] = (size_t)128 * MIB;
    cr_assert_eq(find((size_t)64 * MIB, knees), 2);
}

Test(sweep, memory_without_caches_has_no_knee)
{
    size_t knees[SWEEP_KNEES];
    sizes[0] = sizes[1] = sizes[2] = 0;
    cr_assert_eq(find((size_t)64 * MIB, knees), 0);
}

static double no_memory(size_t bytes)
{
    return bytes > 64 * KIB ? 0 : 1;
}

Test(sweep, ends_where_memory_is_short)
{
    struct sweep sweep;
    sweep_take(&sweep, MIB, no_memory);
    cr_assert_gt(sweep.count, 3);
    cr_assert_leq(sweep.bytes[sweep.count - 1], 64 * KIB);
}
