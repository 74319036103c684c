#include <criterion/criterion.h>
#include <float.h>
#include <math.h>

#include "harness/gradcheck/derivative.h"

static const long double UNIT = LDBL_EPSILON / 2;

static long double growth(void *context, double t)
{
    (void)context;
    return expl(0.7L + (long double)t);
}

/* The same with the digits of a double. */
static long double coarse_growth(void *context, double t)
{
    return (long double)(double)growth(context, t);
}

/* |t - d|: a kink at d. */
static long double kink_at(void *context, double t)
{
    return fabsl((long double)t - (long double)*(double *)context);
}

static long double hinge(void *context, double t)
{
    (void)context;
    return sinl(3 * (long double)t) + (t > 0 ? (long double)t : 0);
}

static long double nothing(void *context, double t)
{
    (void)context;
    (void)t;
    return 5;
}

static long double not_a_number(void *context, double t)
{
    return t < 0 ? NAN : growth(context, t);
}

static struct derivative measure(long double (*value)(void *, double), void *context,
                                 long double unit)
{
    const struct line line = {value, context};
    struct derivative d;
    derivative_measure(&line, 0.125, 16, derivative_noise(&line, unit, false), &d);
    return d;
}

static void expect_within(const struct estimate *estimate, long double exact, long double widest)
{
    cr_expect(fabsl(estimate->value - exact) <= estimate->error, "%.3Lg off, error bar %.3Lg",
              fabsl(estimate->value - exact), estimate->error);
    cr_expect(estimate->error <= widest, "error bar %.3Lg", estimate->error);
}

Test(derivative, a_smooth_one_is_known_to_the_last_digits_of_a_double)
{
    const struct derivative d = measure(growth, NULL, UNIT);
    expect_within(&d.best, expl(0.7L), 1e-15L);
    expect_within(&d.left, expl(0.7L), 1e-13L);
    expect_within(&d.right, expl(0.7L), 1e-13L);
    cr_expect_not(derivative_has_kink(&d));
}

Test(derivative, values_with_fewer_digits_have_wider_error_bars)
{
    const struct derivative d = measure(coarse_growth, NULL, DBL_EPSILON / 2);
    expect_within(&d.best, expl(0.7L), 1e-12L);
    cr_expect(d.best.error > 1e-15L);
}

/* The unit that the caller gives is a lower bound only: rounding is measured. */
Test(derivative, noise_is_measured)
{
    const struct derivative d = measure(coarse_growth, NULL, UNIT);
    expect_within(&d.best, expl(0.7L), 1e-12L);
}

Test(derivative, every_estimate_of_a_sweep_lies_within_its_error_bar)
{
    const struct derivative d = measure(growth, NULL, UNIT);
    for (size_t k = 1; k < d.steps; k++) {
        expect_within(&d.central[k], expl(0.7L), 1);
        expect_within(&d.richardson[k], expl(0.7L), 1);
    }
}

Test(derivative, a_kink_at_the_point_has_two_one_sided_derivatives)
{
    double zero = 0;
    const struct derivative v = measure(kink_at, &zero, UNIT), h = measure(hinge, NULL, UNIT);
    cr_expect(derivative_has_kink(&v));
    expect_within(&v.left, -1, 1e-15L);
    expect_within(&v.right, 1, 1e-15L);
    cr_expect(derivative_has_kink(&h));
    expect_within(&h.left, 3, 1e-12L);
    expect_within(&h.right, 4, 1e-12L);
}

Test(derivative, a_kink_between_the_steps_leaves_only_smaller_ones)
{
    for (double at = 0.05; at > 1e-4; at /= 2) {
        const struct derivative d = measure(kink_at, &at, UNIT);
        cr_expect_not(derivative_has_kink(&d), "at %g", at);
        expect_within(&d.best, -1, 1e-12L);
    }
}

Test(derivative, a_constant_has_the_derivative_0)
{
    const struct derivative d = measure(nothing, NULL, UNIT);
    expect_within(&d.best, 0, 1e-15L);
    cr_expect_not(derivative_has_kink(&d));
}

Test(derivative, nothing_is_said_where_values_are_no_numbers)
{
    const struct derivative d = measure(not_a_number, NULL, UNIT);
    cr_expect(!(d.best.error < 1e300L));
    cr_expect(!(d.left.error < 1e300L));
}

/* Values that change in steps of 1e-9 only: short steps see a constant. */
static long double stairs(void *context, double t)
{
    (void)context;
    return (long double)(long long)((1 + (long double)t) * 1e9L) * 1e-9L;
}

Test(derivative, stairs_of_rounding_are_seen_in_long_steps)
{
    const struct line line = {stairs, NULL};
    cr_expect(derivative_noise(&line, UNIT, false) < 1e-15L);
    cr_expect(derivative_noise(&line, UNIT, true) > 1e-10L);
    struct derivative d;
    derivative_measure(&line, 0.03125, 15, derivative_noise(&line, UNIT, true), &d);
    expect_within(&d.best, 1, 1e-5L);
}
