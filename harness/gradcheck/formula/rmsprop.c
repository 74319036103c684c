#include "harness/gradcheck/formula/formula.h"

/* g / (sqrt(n_i - mean_i^2 if centered) + eps) at step i, both means from the whole history. */
static struct bounded scaled(const struct formula_run *run, const struct bounded *d,
                             const struct bounded *squares, size_t i)
{
    const long double unit = run->unit, alpha = formula_option(run, "alpha");
    const struct bounded none = known(0, unit);
    struct bounded spread = formula_decayed(squares, i, alpha, 1 - alpha, none);
    if (formula_option(run, "centered") != 0) {
        const struct bounded mean = formula_decayed(d, i, alpha, 1 - alpha, none);
        spread = minus(spread, times(mean, mean));
    }
    return over(d[i - 1], plus(root(spread), coefficient(formula_option(run, "eps"), 0, unit)));
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, momentum = formula_option(run, "momentum");
    struct bounded *d = line->work[0], *squares = line->work[1], *parts = line->work[2];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    for (size_t i = momentum != 0 ? 1 : t; i <= t; i++)
        parts[i - 1] = scaled(run, d, squares, i);
    const struct bounded velocity =
        momentum != 0 ? formula_decayed(parts, t, momentum, 1, known(0, unit)) : parts[t - 1];
    return minus(formula_before(line, t),
                 times(coefficient(formula_lr(run, t), 0, unit), velocity));
}

static const char *const variants[] = {"momentum=0.9", "momentum=0.9;centered=true",
                                       "centered=true;weight_decay=0.125", NULL};

const struct formula formula_rmsprop = {
    .source = "T. Tieleman, G. Hinton, 2012, lecture 6.5, slide 29; centered: A. Graves, 2013, "
              "equations 38 to 41, arXiv:1308.0850; eps outside of the root, and the momentum, as "
              "torch.optim.RMSprop documents them",
    .variants = variants,
    .after = after,
};
