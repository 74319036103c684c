#include "harness/stats/ratio.h"

#include <criterion/criterion.h>
#include <math.h>

#include "harness/stats/sample.h"
#include "lossgrid/pcg.h"

static struct lg_error error;

/* Times around a median: skewed, as times are, with a long upper tail. */
static void draw(struct lg_pcg *pcg, double median, double spread, double *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const double u = lg_pcg_uniform(pcg);
        values[i] = median * (1 + spread * (u < 0.5 ? u - 0.5 : 3 * (u - 0.5)));
    }
}

Test(ratio, of_medians)
{
    const double a[] = {10, 30, 20}, b[] = {80, 40, 50, 70};
    struct ratio ratio;
    cr_assert_eq(ratio_estimate(a, 3, b, 4, &ratio, &error), LG_OK);
    cr_assert_eq(ratio.value, 3.0);
    cr_assert_not(ratio.has_interval, "an interval of 3 values");
}

Test(ratio, constant_samples_have_an_interval_of_one_point)
{
    const double a[] = {2, 2, 2, 2, 2, 2}, b[] = {3, 3, 3, 3, 3, 3, 3};
    struct ratio ratio;
    cr_assert_eq(ratio_estimate(a, SAMPLE_LEAST, b, 7, &ratio, &error), LG_OK);
    cr_assert(ratio.has_interval);
    cr_assert_eq(ratio.low, 1.5);
    cr_assert_eq(ratio.high, 1.5);
}

/* The order of rounds says nothing, and the random numbers are fixed. */
Test(ratio, same_samples_give_the_same_bits)
{
    double a[25], b[31], reversed[31];
    struct lg_pcg pcg = lg_pcg_seed(7, 7);
    struct ratio one, two;
    draw(&pcg, 100, 0.1, a, 25);
    draw(&pcg, 105, 0.1, b, 31);
    for (size_t i = 0; i < 31; i++)
        reversed[i] = b[30 - i];
    cr_assert_eq(ratio_estimate(a, 25, b, 31, &one, &error), LG_OK);
    cr_assert_eq(ratio_estimate(a, 25, reversed, 31, &two, &error), LG_OK);
    cr_assert_eq(one.value, two.value);
    cr_assert_eq(one.low, two.low);
    cr_assert_eq(one.high, two.high);
    cr_assert(one.low < one.value && one.value < one.high);
}

/* The bootstrap distribution of a median is known: of 7 draws from 7 values it is the smallest
 * if 4 or more draws are, 1.0 %, and one of the smallest two with 10.8 %; 2.5 % falls on the
 * second. */
Test(ratio, interval_ends_are_ratios_of_values)
{
    const double a[] = {1, 1, 1, 1, 1, 1, 1}, b[] = {11, 12, 13, 14, 15, 16, 17};
    struct ratio ratio;
    cr_assert_eq(ratio_estimate(a, 7, b, 7, &ratio, &error), LG_OK);
    cr_assert_eq(ratio.low, 12.0);
    cr_assert_eq(ratio.high, 16.0);
}

/* Of 400 intervals about 20 should miss; the bounds are 4 standard deviations away. */
Test(ratio, interval_holds_the_truth_in_95_percent)
{
    enum { TRIALS = 400, COUNT = 21 };
    double a[COUNT], b[COUNT];
    struct lg_pcg pcg = lg_pcg_seed(3, 9);
    size_t held = 0;
    for (size_t i = 0; i < TRIALS; i++) {
        struct ratio ratio;
        draw(&pcg, 100, 0.1, a, COUNT);
        draw(&pcg, 105, 0.2, b, COUNT);
        cr_assert_eq(ratio_estimate(a, COUNT, b, COUNT, &ratio, &error), LG_OK);
        held += ratio.low <= 1.05 && 1.05 <= ratio.high;
    }
    cr_assert(held >= 362 && held <= 398, "%zu of 400 intervals hold the truth", held);
}
