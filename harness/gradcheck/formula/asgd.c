#include "harness/gradcheck/formula/formula.h"

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, lambd = formula_option(run, "lambd");
    const long double lr = formula_lr(run, t), past = (long double)(t - 1);
    const long double eta =
        lr / elementary_pow(1 + lambd * lr * past, formula_option(run, "alpha"));
    struct bounded *d = line->work[0];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    const long double losses = 16 + 4 * formula_option(run, "alpha");
    const struct bounded kept =
        times(coefficient(1 - lambd * eta, losses, unit), formula_before(line, t));
    return minus(kept, times(coefficient(eta, losses, unit), d[t - 1]));
}

/* The average after step t weighs the parameters after step i by mu_i (1 - mu_(i+1)) ...
 * (1 - mu_t): the plain mean of those since the first mu below 1. */
static struct bounded evaluated(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, t0 = formula_option(run, "t0");
    long double value = 0, error = 0, rest = 1;
    for (size_t i = t; i > 0 && rest > 0; i--) {
        const long double since = (long double)i - 1 - t0, mu = since > 1 ? 1 / since : 1;
        const long double w = line->w[i];
        value += mu * rest * w;
        error += bounded_abs(mu * rest * w) * unit * (4 * (long double)(t - i) + 4);
        rest *= 1 - mu;
    }
    return (struct bounded){value, t0 >= (long double)t ? 0 : error, unit};
}

static const char *const variants[] = {"t0=3", "t0=2.5;lambd=0.5;lr=0.25;alpha=2", "t0=0", NULL};

const struct formula formula_asgd = {
    .source = "B. T. Polyak, A. B. Juditsky, 1992, the mean of iterates; its rates: L. Bottou, "
              "Stochastic Gradient Descent Tricks, 2012, section 5.3, as torch.optim.ASGD",
    .variants = variants,
    .after = after,
    .evaluated = evaluated,
};
