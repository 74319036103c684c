#include "harness/gradcheck/formula/moments.h"

/* The largest v_i so far under `amsgrad`: the mean of squares before its correction. */
static struct bounded square_in_use(const struct formula_run *run, const struct bounded *squares,
                                    size_t t)
{
    struct bounded most = moment(run, squares, t, "beta2");
    for (size_t i = 1; formula_option(run, "amsgrad") != 0 && i < t; i++)
        most = larger(most, moment(run, squares, i, "beta2"));
    return most;
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit;
    struct bounded *squares = line->work[0];
    formula_squares(line->g, t, squares);
    const struct bounded mean = corrected(run, moment(run, line->g, t, "beta1"), t, "beta1");
    const struct bounded square = corrected(run, square_in_use(run, squares, t), t, "beta2");
    const struct bounded step =
        times(coefficient(formula_lr(run, t), 1, unit), over(mean, root_plus_eps(run, square)));
    const long double left = 1 - formula_lr(run, t) * formula_option(run, "weight_decay");
    return minus(times(coefficient(left, 2, unit), formula_before(line, t)), step);
}

static const char *const variants[] = {"amsgrad=true;weight_decay=0.5;lr=0.125", NULL};

const struct formula formula_adamw = {
    .source = "I. Loshchilov, F. Hutter, 2017, algorithm 2, arXiv:1711.05101, the decay times lr "
              "as torch.optim.AdamW; amsgrad: S. J. Reddi et al., 2018, algorithm 2",
    .variants = variants,
    .after = after,
};
