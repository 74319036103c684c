#include "harness/stats/verdict.h"

#include <criterion/criterion.h>
#include <math.h>

static struct sample_summary interval(double low, double high)
{
    return (struct sample_summary){
        .count = 20, .median = (low + high) / 2, .has_interval = true, .low = low, .high = high};
}

static void expect(double low, double high, double floor, enum verdict expected)
{
    const struct sample_summary ratio = interval(low, high);
    const enum verdict found = verdict_of(&ratio, floor);
    cr_expect_eq(found, expected, "%g to %g, floor %g: %s", low, high, floor, verdict_words[found]);
}

Test(verdict, no_winner_within_the_floor)
{
    expect(1.03, 1.05, 0.02, VERDICT_SLOWER);
    expect(0.94, 0.97, 0.02, VERDICT_FASTER);
    expect(0.99, 1.015, 0.02, VERDICT_SAME);
    /* Away from 1 for sure, and yet within what equal things differ by. */
    expect(1.005, 1.015, 0.02, VERDICT_SAME);
    expect(1.03, 1.07, 0.10, VERDICT_SAME);
    expect(1.0, 1.0, 0.0, VERDICT_SAME);
    expect(1.01, 1.03, 0.02, VERDICT_UNDECIDED);
    expect(1.02, 1.05, 0.02, VERDICT_UNDECIDED); /* at the floor, not beyond it */
    expect(0.94, 0.985, 0.02, VERDICT_UNDECIDED);
    expect(0.9, 1.1, 0.02, VERDICT_UNDECIDED);
    expect(0.99, 1.05, 0.0, VERDICT_UNDECIDED);
}

/* Who is first in the question makes no difference: the floor is a factor. */
Test(verdict, turned_round_says_the_reverse)
{
    size_t seen[VERDICTS] = {0};
    for (double low = 0.9; low < 1.1; low += 0.007)
        for (double high = low; high < 1.15; high += 0.011) {
            const struct sample_summary ratio = interval(low, high);
            const struct sample_summary inverse = interval(1 / high, 1 / low);
            const enum verdict here = verdict_of(&ratio, 0.03);
            const enum verdict expected = here == VERDICT_FASTER   ? VERDICT_SLOWER
                                          : here == VERDICT_SLOWER ? VERDICT_FASTER
                                                                   : here;
            seen[here]++;
            cr_assert_eq(verdict_of(&inverse, 0.03), expected, "%g to %g", low, high);
        }
    cr_assert(seen[VERDICT_FASTER] && seen[VERDICT_SLOWER] && seen[VERDICT_SAME] &&
                  seen[VERDICT_UNDECIDED],
              "not every verdict was met");
}

Test(verdict, unknown_names_nobody)
{
    struct sample_summary ratio = interval(1.5, 1.6);
    cr_assert_eq(verdict_of(&ratio, (double)NAN), VERDICT_UNDECIDED);
    ratio.has_interval = false;
    cr_assert_eq(verdict_of(&ratio, 0.01), VERDICT_UNDECIDED);
}

Test(verdict, floor_is_the_far_end)
{
    struct sample_summary twins = interval(0.97, 1.01);
    cr_assert_float_eq(ratio_floor(&twins), 0.03, 1e-12);
    twins = interval(0.99, 1.04);
    cr_assert_float_eq(ratio_floor(&twins), 0.04, 1e-12);
    twins.has_interval = false;
    cr_assert(isnan(ratio_floor(&twins)));
}

/* A machine that grows slower for everybody changes no ratio. */
Test(verdict, ratios_are_taken_round_by_round)
{
    enum { ROUNDS = 21 };
    double a[ROUNDS], b[ROUNDS];
    struct sample_summary ratio;
    for (int r = 0; r < ROUNDS; r++) {
        b[r] = 100 * (1 + r);
        a[r] = 1.05 * b[r];
    }
    ratio_summarise(a, b, ROUNDS, &ratio);
    cr_assert_float_eq(ratio.median, 1.05, 1e-12);
    cr_assert_float_eq(ratio.low, 1.05, 1e-12);
    cr_assert_float_eq(ratio.high, 1.05, 1e-12);
    cr_assert_eq(a[0], 105.0); /* not sorted */
}
