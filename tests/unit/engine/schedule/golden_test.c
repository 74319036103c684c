#include "registry.h"

#include <float.h>
#include <math.h>

#include "engine/net/net.h"
#include "tests/unit/golden.h"
#include "tests/unit/options.h"
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

/* Training can be extended where the number of steps decides nothing before its end: found out by
 * trying, since a key that leaves it out would take another training for this one. */
TEMPLATE_TEST(schedule_property, says_whether_its_factors_depend_on_the_number_of_steps)
{
    static const uint64_t lengths[] = {20, 25, 1000};
    for (size_t s = 0; s < NAMES; s++) {
        const struct schedule *schedule = registry_schedule(s);
        const struct lg_options options = lg_options_default(&schedule->info);
        bool depends = false;
        for (uint64_t step = 1; step <= lengths[0]; step++)
            for (size_t i = 1; i < sizeof lengths / sizeof *lengths; i++)
                depends |= schedule->factor(&options, step, lengths[0]) !=
                           schedule->factor(&options, step, lengths[i]);
        cr_expect(depends == schedule->needs_end, "%s", names[s]);
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

/* The formulas of the catalogue in long double, by libm. */
static long double formula(const char *name, const double *o, long double step, long double steps)
{
    const long double pi = acosl(-1), past = step - 1;
    if (strcmp(name, "cosine") == 0)
        return o[0] + (1 - (long double)o[0]) * powl(sinl(pi * (steps - past) / steps / 2), 2);
    if (strcmp(name, "exponential") == 0)
        return powl(o[0], past);
    if (strcmp(name, "inverse_time") == 0)
        return 1 / (1 + past * o[0]);
    if (strcmp(name, "step") == 0)
        return powl(o[1], floorl(past / o[0]));
    if (strcmp(name, "warm_up") == 0)
        return past < o[1] ? o[0] + (1 - (long double)o[0]) * past / o[1] : 1;
    if (strcmp(name, "constant") == 0)
        return 1;
    cr_assert(strcmp(name, "one_cycle") == 0, "no formula of %s", name);
    const long double first = 1 / (long double)o[1], final = first / o[2];
    const long double peak = o[0] * steps - 1, last = steps - 1;
    if (past <= peak)
        return peak > 0 ? first + (1 - first) * powl(sinl(pi * past / peak / 2), 2) : 1;
    return final + (1 - final) * powl(sinl(pi * (last - past) / (last - peak) / 2), 2);
}

static bool is_f64(const struct lg_option *option, double number)
{
    struct lg_gap gap;
    return option_allows(option, number) && !lg_option_gap(option, LG_F64, number, &gap);
}

/* Relative to the factor itself, which falls to nothing: one part in 10^9, for places in a
 * cycle are rounded. */
static void check_ends(const struct schedule *schedule, const struct lg_options *options)
{
    static const uint64_t lengths[] = {1, 2, 3, 1000, 100000};
    for (size_t l = 0; l < sizeof lengths / sizeof *lengths; l++)
        for (uint64_t step = 1; step <= lengths[l]; step += 1 + (lengths[l] - step) / 3) {
            const double got = (double)schedule->factor(options, step, lengths[l]);
            const long double exact =
                formula(schedule->info.name, options->value, step, lengths[l]);
            const bool beyond = fabsl(exact) > (long double)DBL_MAX / 2;
            cr_expect(beyond || fabsl(got - exact) <= 1e-9L * fabsl(exact) + (long double)DBL_MIN,
                      "%s, step %zu of %zu, options %g %g %g: %.12g, expected %.12Lg",
                      schedule->info.name, (size_t)step, (size_t)lengths[l], options->value[0],
                      options->value[1], options->value[2], got, exact);
        }
}

TEMPLATE_TEST(schedule_property, every_option_at_its_ends_gives_what_the_formula_says)
{
    static const double tried[] = {0, DBL_MIN,     1e-100, 1e-9, 0.5, 1 - 0x1p-53,
                                   1, 1 + 0x1p-52, 7,      1e9,  1e30};
    for (size_t s = 0; s < NAMES; s++) {
        const struct schedule *schedule = registry_schedule(s);
        struct lg_options options = lg_options_default(&schedule->info);
        check_ends(schedule, &options);
        for (size_t o = 0; o < schedule->info.option_count; o++)
            for (size_t i = 0; i < sizeof tried / sizeof *tried; i++) {
                options = lg_options_default(&schedule->info);
                options.value[o] = tried[i];
                if (is_f64(&schedule->info.options[o], tried[i]))
                    check_ends(schedule, &options);
            }
    }
}
