#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/template.h"
#include "tests/unit/tolerance.h"

enum { STEPS_MAX = 64 };

static const char path[] = "tests/golden/schedules.csv";

#define NAME(name) #name,
static const char *const names[] = {LG_SCHEDULES(NAME)};
enum { NAMES = sizeof names / sizeof *names };

/* Factors are computed in f64 whatever `real` is; on the way they are near 1. */
static void check(struct golden group)
{
    const struct golden_row *row = group.rows;
    double steps, step[STEPS_MAX], expected[STEPS_MAX];
    cr_assert(golden_values(group, "steps", &steps, 1) == 1);
    const size_t n = golden_values(group, "step", step, STEPS_MAX);
    cr_assert(n > 0 && golden_values(group, "factor", expected, STEPS_MAX) == n);
    const struct schedule *schedule = registry_schedule(golden_entry(row, names, NAMES));
    const struct lg_options options = golden_options(&schedule->info, row->options);
    for (size_t i = 0; i < n; i++) {
        const double factor = schedule->factor(&options, (uint64_t)step[i], (uint64_t)steps);
        const bool by_cosine =
            strcmp(row->name, "cosine") == 0 || strcmp(row->name, "one_cycle") == 0;
        const double size = by_cosine ? 1e-3 : fabs(expected[i]);
        cr_expect(fabs(factor - expected[i]) <= TOLERANCE_F64 * size,
                  "%s %s, step %g of %g: %.17g, expected %.17g", row->name, row->options, step[i],
                  steps, factor, expected[i]);
    }
}

TEMPLATE_TEST(schedule_golden, factors_are_the_references)
{
    const struct golden file = golden_read(path);
    struct golden rest = file;
    for (struct golden group; (group = golden_next(&rest)).count;)
        check(group);
    golden_free(file);
}

TEMPLATE_TEST(schedule_golden, every_schedule_has_golden_values)
{
    const struct golden file = golden_read(path);
    golden_check_complete(file, names, NAMES);
    golden_free(file);
}

/* Any number of steps, one alone too. */
TEMPLATE_TEST(schedule_property, defaults_give_finite_positive_factors)
{
    static const uint64_t lengths[] = {1, 2, 3, 10, 1000, 100000};
    for (size_t s = 0; s < NAMES; s++) {
        const struct schedule *schedule = registry_schedule(s);
        const struct lg_options options = lg_options_default(&schedule->info);
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++)
            for (uint64_t step = 1; step <= lengths[i]; step += 1 + step / 50) {
                const double factor = schedule->factor(&options, step, lengths[i]);
                cr_assert(factor > 0 && factor <= 1, "%s: %g in step %zu", names[s], factor,
                          (size_t)step);
            }
    }
}

/* PyTorch divides by zero where the peak is the first step. */
TEMPLATE_TEST(schedule_property, one_cycle_may_peak_in_its_first_step)
{
    size_t s = 0;
    while (strcmp(names[s], "one_cycle") != 0)
        s++;
    const struct schedule *schedule = registry_schedule(s);
    const struct lg_options options = golden_options(&schedule->info, "pct_start=0.5");
    cr_assert(schedule->factor(&options, 1, 2) == 1);
    cr_assert_float_eq(schedule->factor(&options, 2, 2), 4e-6, 1e-18);
}
