#include "harness/gradcheck/formula/moments.h"
#include "harness/gradcheck/formula/schedule_free.h"

/* lr_t = lr min(1, t / warm-up) sqrt(1 - beta2^t), line 5 of the paper's algorithm; without
 * the root in the package from 1.3 on, which corrects the square instead. */
static long double rate(const struct formula_run *run, size_t t)
{
    if (formula_chose(run, "form", "package_1_3"))
        return formula_lr(run, t) * warm_up(run, t);
    const long double power = elementary_power(formula_option(run, "beta2"), t);
    return formula_lr(run, t) * warm_up(run, t) * elementary_sqrt(1 - power);
}

/* z_1 ... z_t, into the first work space. */
static void points(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit;
    const struct bounded decay = coefficient(formula_option(run, "weight_decay"), 0, unit);
    struct bounded *squares = line->work[1], *z = line->work[0];
    formula_squares(line->g, t, squares);
    for (size_t i = 1; i <= t; i++) {
        const bool is_package = formula_chose(run, "form", "package_1_3");
        const struct bounded square = moment(run, squares, i, "beta2");
        const struct bounded size =
            root_plus_eps(run, is_package ? corrected(run, square, i, "beta2") : square);
        const struct bounded unbiased = root(formula_unbiased(formula_option(run, "beta2"), i));
        const long double roundings = 4 + unbiased.error / unbiased.value / BOUNDED_ACCUMULATOR;
        z[i - 1] = times(coefficient(rate(run, i), roundings, unit),
                         plus(over(line->g[i - 1], size), times(decay, formula_before(line, i))));
    }
    walk(line, t, z, z);
}

static struct bounded evaluated(const struct formula_line *line, size_t t)
{
    return weighted_mean(line, line->work[0], t, rate);
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    points(line, t);
    const struct bounded x = evaluated(line, t);
    return between(line->work[0][t - 1], x, formula_option(line->run, "beta1"), line->run->unit);
}

static const char *const variants[] = {"warmup_steps=6;r=2", "weight_lr_power=0;weight_decay=0.5",
                                       "form=package_1_3;weight_decay=0.25", NULL};

const struct formula formula_schedule_free_adamw = {
    .source = "A. Defazio et al., 2024, algorithm 1, arXiv:2405.15682; weights and warm-up as the "
              "authors' schedulefree package documents them",
    .variants = variants,
    .after = after,
    .evaluated = evaluated,
};
