#include "harness/gradcheck/formula/formula.h"

/* The diagonal of G_t = sum of g g^T, from all gradients so far. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit;
    const long double rate =
        formula_lr(run, t) / (1 + (long double)(t - 1) * formula_option(run, "lr_decay"));
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    const struct bounded first =
        coefficient(formula_option(run, "initial_accumulator_value"), 0, unit);
    const struct bounded eps = coefficient(formula_option(run, "eps"), 0, unit);
    const struct bounded size = plus(root(formula_sum(squares, t, first)), eps);
    const struct bounded step = over(times(coefficient(rate, 4, unit), d[t - 1]), size);
    return minus(formula_before(line, t), step);
}

static const char *const variants[] = {"initial_accumulator_value=0.5;lr_decay=0.25;weight_decay=1",
                                       NULL};

const struct formula formula_adagrad = {
    .source = "J. Duchi, E. Hazan, Y. Singer, JMLR 12, 2011, figure 1 with the diagonal of G_t; "
              "eps outside of the root as in torch.optim.Adagrad",
    .variants = variants,
    .after = after,
};
