#include "harness/gradcheck/formula/moments.h"

/* u_t = max over i of beta2^(t - i) (|d_i| + eps): equation 12 of the paper, unrolled. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, keep = formula_option(run, "beta2");
    const struct bounded eps = coefficient(formula_option(run, "eps"), 0, unit);
    struct bounded *d = line->work[0], largest = known(0, unit);
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    for (size_t i = 1; i <= t; i++) {
        struct bounded size = plus(magnitude(d[i - 1]), eps);
        const long double power = elementary_power(keep, t - i);
        size.error = power * (size.error + 2 * (long double)(t - i) * size.value * unit) +
                     (long double)t * bounded_tiny(unit);
        size.value *= power;
        largest = larger(largest, size);
    }
    const struct bounded mean = corrected(run, moment(run, d, t, "beta1"), t, "beta1");
    return moved_by(line, t, over(mean, largest));
}

const struct formula formula_adamax = {
    .source = "D. P. Kingma, J. Ba, 2014, equation 12 and algorithm 2, arXiv:1412.6980; eps is "
              "added to each size as torch.optim.Adamax documents",
    .after = after,
};
