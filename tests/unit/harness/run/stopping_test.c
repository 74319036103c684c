#include "harness/run/stopping.h"

#include <criterion/criterion.h>
#include <math.h>

#include "harness/spec/metric.h"

static struct experiment watching(int better, size_t patience, double least_change)
{
    struct experiment experiment = {.stop_count = 1};
    experiment.stops[0] =
        (struct stop_rule){.of = {.part = PART_VALIDATION, .metric = SIZE_MAX, .better = better},
                           .patience = patience,
                           .least_change = least_change};
    return experiment;
}

/* The evaluation, from 1, at which a rule stops; 0: none. */
static size_t stop_of(const struct experiment *experiment, const double *values, size_t count)
{
    struct stop_memory stopping = {0};
    for (size_t i = 0; i < count; i++)
        if (stopping_look(&stopping, experiment, PART_VALIDATION,
                          &(struct measurement){.loss = values[i]}))
            return i + 1;
    return 0;
}

Test(stopping, patience_counts_from_the_best)
{
    const double values[] = {5, 4, 4.5, 3, 3, 3.5, 2.9, 9, 9, 9};
    const struct experiment one = watching(BETTER_LOWER, 1, 0), two = watching(BETTER_LOWER, 2, 0);
    const struct experiment three = watching(BETTER_LOWER, 3, 0);
    cr_expect_eq(stop_of(&one, values, 10), 3);
    cr_expect_eq(stop_of(&two, values, 10), 6);
    cr_expect_eq(stop_of(&three, values, 10), 10);
    const struct experiment higher = watching(BETTER_HIGHER, 2, 0);
    cr_expect_eq(stop_of(&higher, values, 10), 3);
}

/* Equal to the least change is not better: 5, 4 and 3 are steps of 1. */
Test(stopping, least_change_is_to_be_exceeded)
{
    const double values[] = {5, 4, 3};
    const struct experiment equal = watching(BETTER_LOWER, 1, 1);
    const struct experiment below = watching(BETTER_LOWER, 1, 0.999);
    cr_expect_eq(stop_of(&equal, values, 3), 2);
    cr_expect_eq(stop_of(&below, values, 3), 0);
}

Test(stopping, what_is_no_number_is_never_better)
{
    const double values[] = {(double)NAN, (double)INFINITY, 5, (double)NAN, (double)NAN};
    const struct experiment rule = watching(BETTER_LOWER, 2, 0);
    cr_expect_eq(stop_of(&rule, values, 5), 5);
    struct experiment reaches = watching(BETTER_LOWER, 0, 0);
    reaches.stops[0].has_value = true;
    reaches.stops[0].value = 6;
    cr_expect_eq(stop_of(&reaches, values, 5), 3);
}

Test(stopping, another_part_is_not_looked_at)
{
    struct stop_memory stopping = {0};
    const struct experiment rule = watching(BETTER_LOWER, 1, 0);
    for (size_t i = 0; i < 5; i++)
        cr_expect_not(
            stopping_look(&stopping, &rule, PART_TRAIN, &(struct measurement){.loss = 1}));
}
