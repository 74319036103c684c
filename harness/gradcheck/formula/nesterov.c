#include "harness/gradcheck/formula/formula.h"

static long double rate_at(const struct formula_run *run, size_t t)
{
    return formula_lr(run, t) / (1 + (long double)(t - 1) * formula_option(run, "lr_decay"));
}

/* v_t = sum of momentum^(t - i) d_i, each times its own rate where the form is Torch7's. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, momentum = formula_option(run, "momentum");
    const bool own_rates = formula_chose(run, "form", "torch7");
    struct bounded *d = line->work[0];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    for (size_t i = 1; own_rates && i <= t; i++)
        d[i - 1] = times(coefficient(rate_at(run, i), 4, unit), d[i - 1]);
    const struct bounded velocity = formula_decayed(d, t, momentum, 1, known(0, unit));
    const struct bounded ahead = plus(d[t - 1], times(coefficient(momentum, 0, unit), velocity));
    const struct bounded step =
        own_rates ? ahead : times(coefficient(rate_at(run, t), 4, unit), ahead);
    return minus(formula_before(line, t), step);
}

static const char *const variants[] = {
    "form=torch7;lr_decay=0.25",
    "form=pytorch;lr_decay=0.25;weight_decay=0.125",
    NULL,
};

const struct formula formula_nesterov = {
    .source = "I. Sutskever et al., ICML 2013, equations 3 and 4 in the look-ahead point, as "
              "torch.optim.SGD(nesterov=True) and Torch7's optim.nag document it",
    .variants = variants,
    .after = after,
};
