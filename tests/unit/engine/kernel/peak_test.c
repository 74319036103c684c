#include "engine/kernel/peak.h"

#include "engine/kernel/soft_fma.h"
#include "tests/unit/template.h"

/* Twice as many reals as a loop is given, so that guards lie behind. */
enum { COUNT = 2 * PEAK_BLOCK, ROOM = 2 * COUNT };

static real x[ROOM], y[ROOM], z[ROOM];

static void fill_all(void)
{
    peak_fill(x, ROOM);
    for (size_t i = 0; i < ROOM; i++) {
        y[i] = -x[ROOM - 1 - i];
        z[i] = (real)0.25;
    }
}

static void assert_guarded(const real *array, real first)
{
    cr_assert_eq(array[COUNT], first, "written behind the end");
}

/* To so many of the precision's rounding errors. */
static void assert_near(double got, double expected, double errors)
{
    const double most = errors * (double)REAL_EPSILON * expected;
    cr_assert(got - expected <= most && expected - got <= most, "%.17g, expected %.17g", got,
              expected);
}

TEMPLATE_TEST(peak, numbers_are_from_1_to_2_and_differ)
{
    fill_all();
    size_t equal = 0;
    for (size_t i = 0; i < ROOM; i++) {
        cr_assert(x[i] >= 1 && x[i] < 2);
        equal += i > 0 && x[i] == x[i - 1];
    }
    cr_assert_leq(equal, 2);
}

/* A chain's end shows how many FMAs it went through: it nears 1 by an eighth each. */
TEMPLATE_TEST(peak, fmas_are_done_as_often_as_said)
{
    const size_t fmas = peak_fmas();
    cr_assert(fmas >= 8 && PEAK_BLOCK % fmas == 0);
    const double start = peak_fma(0);
    double share = 1;
    for (size_t repeats = 0; repeats < 5; repeats++, share *= 0.875)
        assert_near(peak_fma(repeats), (double)fmas + share * (start - (double)fmas), 8);
}

TEMPLATE_TEST(peak, reading_sums_all_of_it)
{
    fill_all();
    double sum = 0;
    for (size_t i = 0; i < COUNT; i++)
        sum += (double)x[i];
    assert_near(peak_read(x, COUNT, 1), sum, 100);
    assert_near(peak_read(x, COUNT, 3), 3 * sum, 300);
    x[COUNT - 1] += 1000;
    assert_near(peak_read(x, COUNT, 1), sum + 1000, 100);
    x[1] += 1000;
    assert_near(peak_read(x, COUNT, 1), sum + 2000, 100);
    assert_near(peak_read(x + 1, COUNT, 1), sum + 2000 - (double)x[0] + (double)x[COUNT], 100);
}

TEMPLATE_TEST(peak, copy_copies)
{
    fill_all();
    (void)peak_copy(z, x, COUNT, 2);
    cr_assert(memcmp(z, x, COUNT * sizeof *x) == 0);
    assert_guarded(z, (real)0.25);
}

TEMPLATE_TEST(peak, triad_is_one_fma_each)
{
    fill_all();
    (void)peak_triad(z, x, y, COUNT, 2);
    for (size_t i = 0; i < COUNT; i++)
        cr_assert_eq(z[i], exact_fma(y[i], 3, x[i]));
    assert_guarded(z, (real)0.25);
}

TEMPLATE_TEST(peak, divisions_and_roots_of_all)
{
    fill_all();
    double inverses = 0, roots = 0;
    for (size_t i = 0; i < COUNT; i++) {
        inverses += (double)(1 / x[i]);
        roots += (double)real_sqrt(x[i]);
    }
    assert_near(peak_divisions(x, COUNT, 2), 2 * inverses, 200);
    assert_near(peak_square_roots(x, COUNT, 2), 2 * roots, 200);
    x[COUNT - 1] = (real)1 / 4096;
    assert_near(peak_divisions(x, COUNT, 1), inverses + 4096 - (double)(1 / x[ROOM - 1]), 200);
}
