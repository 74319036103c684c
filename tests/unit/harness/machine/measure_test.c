#include "harness/machine/measure.h"

#include <criterion/criterion.h>

static struct measures measures;

static const struct measure_effort little = {
    .passes = 3, .warm_ns = 1000, .pass_ns = 1000, .block_ns = 20000};

struct counted {
    size_t repeats, prepared, closed;
};

static double work(void *context, size_t repeats)
{
    struct counted *counted = context;
    volatile double sum = 0;
    for (size_t i = 0; i < repeats; i++)
        sum += 1.0;
    counted->repeats += repeats;
    return sum;
}

static void prepare(void *context)
{
    ((struct counted *)context)->prepared++;
}

static void close_counted(void *context)
{
    ((struct counted *)context)->closed++;
}

static void count_steps(void *to, size_t done, size_t steps)
{
    size_t *seen = to;
    (*seen)++;
    cr_assert_eq(done, *seen);
    cr_assert_eq(steps, 6);
}

/* Durations and rates are the inverse of each other; both are above zero. */
Test(measure, takes_all_passes_and_closes)
{
    struct counted counted = {0};
    size_t steps = 0;
    struct measure what = {.name = "a",
                           .pieces = 1,
                           .work = work,
                           .context = &counted,
                           .prepare = prepare,
                           .close = close_counted};
    const struct measure *slow = measures_add(&measures, &what);
    what.is_rate = true;
    const struct measure *rate = measures_add(&measures, &what);
    measures_run(&measures, &little, count_steps, &steps);
    cr_assert_eq(steps, 6);
    cr_assert_eq(counted.prepared, 6);
    cr_assert_geq(slow->summary.count, SAMPLE_LEAST);
    cr_assert(slow->summary.has_interval);
    cr_assert_gt(slow->summary.minimum, 0.0);
    cr_assert_gt(rate->summary.minimum, 0.0);
    cr_assert_geq(counted.repeats, slow->repeats * slow->count + rate->repeats * rate->count);
    measures_close(&measures);
    cr_assert_eq(counted.closed, 2);
}

Test(measure, absent_is_not_run)
{
    struct counted counted = {0};
    const struct measure what = {
        .name = "a", .pieces = 1, .work = work, .context = &counted, .absent = "no such thing"};
    const struct measure *added = measures_add(&measures, &what);
    measures_run(&measures, &little, NULL, NULL);
    cr_assert_eq(counted.repeats, 0);
    cr_assert_eq(added->summary.count, 0);
    measures_close(&measures);
}
