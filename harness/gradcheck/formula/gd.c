#include "harness/gradcheck/formula/formula.h"

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double past = (long double)(t - 1) * formula_option(run, "lr_decay");
    const struct bounded rate = coefficient(formula_lr(run, t) / (1 + past), 4, run->unit);
    return minus(formula_before(line, t), times(rate, line->g[t - 1]));
}

const struct formula formula_gd = {
    .source = "A. Cauchy, 1847; the rate: H. Robbins, S. Monro, 1951, 1 / t",
    .after = after,
};
