#include "harness/gradcheck/formula/moments.h"

/* s_t = (1 - beta2) sum of beta2^(t - i) (d_i - m_i)^2 and eps (1 + beta2 + ...), the eps of
 * every step. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, keep = formula_option(run, "beta2");
    struct bounded *d = line->work[0], *off = line->work[1], *steps = line->work[2];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    for (size_t i = 1; i <= t; i++) {
        off[i - 1] = minus(d[i - 1], moment(run, d, i, "beta1"));
        off[i - 1] = times(off[i - 1], off[i - 1]);
        steps[i - 1] = coefficient(formula_option(run, "eps"), 0, unit);
    }
    struct bounded square = plus(formula_decayed(off, t, keep, 1 - keep, known(0, unit)),
                                 formula_decayed(steps, t, keep, 1, known(0, unit)));
    /* Each step adds its eps to a sum already rounded. */
    square.error += bounded_abs(square.value) * unit / (1 - keep < 1e-4L ? 1e-4L : 1 - keep);
    const struct bounded mean = corrected(run, moment(run, d, t, "beta1"), t, "beta1");
    return moved_by(line, t, over(mean, root_plus_eps(run, corrected(run, square, t, "beta2"))));
}

const struct formula formula_adabelief = {
    .source = "J. Zhuang et al., 2020, algorithm 2, arXiv:2010.07468",
    .after = after,
};
