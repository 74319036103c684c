#include "harness/stats/sample.h"

#include <criterion/criterion.h>

static struct sample_summary summary;

/* 1 to count, out of order. */
static void summarise(size_t count)
{
    static double values[SAMPLE_MOST];
    for (size_t i = 0; i < count; i++)
        values[i] = (double)(i % 2 == 0 ? count - i / 2 : i / 2 + 1);
    sample_summarise(values, count, &summary);
    cr_assert_eq(summary.count, count);
    cr_assert_eq(summary.minimum, 1.0);
    cr_assert_eq(summary.maximum, (double)count);
    cr_assert_eq(summary.median, ((double)count + 1) / 2);
}

/* Ranks of the table in W. J. Conover, Practical Nonparametric Statistics: the largest
 * k with a binomial chance of fewer than k heads of at most 2.5 %. */
static void assert_ranks(size_t count, double low)
{
    summarise(count);
    cr_assert(summary.has_interval);
    cr_assert_eq(summary.low, low, "%zu values: from rank %g, expected %g", count, summary.low,
                 low);
    cr_assert_eq(summary.high, (double)count + 1 - low);
}

Test(sample, few_values_have_no_interval)
{
    for (size_t count = 1; count < SAMPLE_LEAST; count++) {
        summarise(count);
        cr_assert_not(summary.has_interval);
    }
}

Test(sample, interval_is_between_ranks)
{
    assert_ranks(6, 1);
    assert_ranks(8, 1);
    assert_ranks(9, 2);
    assert_ranks(10, 2);
    assert_ranks(15, 4);
    assert_ranks(20, 6);
    assert_ranks(25, 8);
    assert_ranks(50, 18);
    assert_ranks(100, 40);
    assert_ranks(SAMPLE_MOST, 469);
}

Test(sample, equal_values)
{
    double values[] = {3, 3, 3, 3, 3, 3, 3};
    sample_summarise(values, 7, &summary);
    cr_assert_eq(summary.low, 3.0);
    cr_assert_eq(summary.high, 3.0);
    cr_assert_eq(summary.median, 3.0);
}

/* One slow block moves the maximum, and neither median nor interval. */
Test(sample, outlier_moves_no_median)
{
    double values[21];
    for (int i = 0; i < 20; i++)
        values[i] = 10 + i % 3;
    values[20] = 1e6;
    sample_summarise(values, 21, &summary);
    cr_assert_eq(summary.median, 11.0);
    cr_assert_leq(summary.high, 12.0);
    cr_assert_eq(summary.maximum, 1e6);
}
