#include "harness/stats/verdict.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static struct sample_summary interval(double low, double high)
{
    return (struct sample_summary){
        .count = 20, .median = (low + high) / 2, .has_interval = true, .low = low, .high = high};
}

/* The truth table of this rule and of reports/verdict.py: one of them, or neither. */
Test(verdict, is_that_of_the_table)
{
    char line[160], low[32], high[32], floor[32], word[64];
    size_t rows = 0;
    FILE *file = fopen("tests/golden/verdicts.csv", "r");
    cr_assert_not_null(file, "run from the top of the repository");
    cr_assert_not_null(fgets(line, sizeof line, file));
    for (; fgets(line, sizeof line, file) != NULL; rows++) {
        cr_assert_eq(sscanf(line, "%31[^,],%31[^,],%31[^,],%63[^\n]", low, high, floor, word), 4,
                     "row %zu: %s", rows, line);
        struct sample_summary ratio = interval(strtod(low, NULL), strtod(high, NULL));
        ratio.has_interval = !isnan(ratio.low);
        const enum verdict found = verdict_of(&ratio, strtod(floor, NULL));
        cr_expect_str_eq(verdict_words[found], word, "%s to %s, floor %s: %s, expected %s", low,
                         high, floor, verdict_words[found], word);
    }
    fclose(file);
    cr_assert_geq(rows, 16);
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
    struct sample_summary control = interval(0.97, 1.01);
    cr_assert_float_eq(ratio_floor(&control), 0.03, 1e-12);
    control = interval(0.99, 1.04);
    cr_assert_float_eq(ratio_floor(&control), 0.04, 1e-12);
    control.has_interval = false;
    cr_assert(isnan(ratio_floor(&control)));
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
