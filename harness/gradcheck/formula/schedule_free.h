/* Parts that the second formulas of the schedule-free methods share (A. Defazio et al.,
 * 2024, arXiv:2405.15682, equations 3 to 5): z is the start less all its steps, x the
 * weighted mean of all z so far in one sum, y a point between the two. */
#ifndef HARNESS_GRADCHECK_FORMULA_SCHEDULE_FREE_H
#define HARNESS_GRADCHECK_FORMULA_SCHEDULE_FREE_H

#include "harness/gradcheck/formula/formula.h"

typedef long double schedule_free_rate(const struct formula_run *run, size_t t);

/* The rate's part in step t of a warm-up. */
static inline long double warm_up(const struct formula_run *run, size_t t)
{
    const long double steps = formula_option(run, "warmup_steps");
    return (long double)t < steps ? (long double)t / steps : 1;
}

/* z_1 ... z_t from steps that are to be taken from the start; z and steps may be the same. */
static inline void walk(const struct formula_line *line, size_t t, const struct bounded *steps,
                        struct bounded *z)
{
    struct bounded at = formula_before(line, 1);
    for (size_t i = 0; i < t; i++)
        z[i] = at = minus(at, steps[i]);
}

/* x_t: weights i^r (largest rate so far)^weight_lr_power. In the engine's recursion a z
 * passes t - i roundings of three operations; its share is a quotient of sums in f64. */
static inline struct bounded weighted_mean(const struct formula_line *line, const struct bounded *z,
                                           size_t t, schedule_free_rate *rate)
{
    const struct formula_run *run = line->run;
    const long double r = formula_option(run, "r"), power = formula_option(run, "weight_lr_power");
    const long double roundings = 6 * (long double)t + 24 + 8 * power + 8 * r;
    long double most = 0, sum = 0, value = 0, error = 0;
    for (size_t i = 1; i <= t; i++) {
        most = rate(run, i) > most ? rate(run, i) : most;
        const long double weight = elementary_pow((long double)i, r) * elementary_pow(most, power);
        sum += weight;
        value += weight * z[i - 1].value;
        error += weight * (z[i - 1].error + bounded_abs(z[i - 1].value) * run->unit * roundings);
    }
    if (!(sum > 0)) /* no step counts: the start stays */
        return formula_before(line, 1);
    return (struct bounded){value / sum, error / sum, run->unit};
}

/* y = (1 - share) z + share x. */
static inline struct bounded between(struct bounded z, struct bounded x, long double share,
                                     long double unit)
{
    return plus(times(coefficient(1 - share, 1, unit), z), times(coefficient(share, 0, unit), x));
}

#endif
