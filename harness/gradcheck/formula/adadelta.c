#include "harness/gradcheck/formula/formula.h"

static struct bounded rms(const struct bounded *squares, size_t t, long double rho,
                          struct bounded eps, long double unit)
{
    return root(plus(formula_decayed(squares, t, rho, 1 - rho, known(0, unit)), eps));
}

/* delta_i = RMS[delta]_(i-1) / RMS[g]_i g_i, each mean a sum over all before it. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, rho = formula_option(run, "rho");
    const struct bounded eps = coefficient(formula_option(run, "eps"), 0, unit);
    struct bounded *d = line->work[0], *squares = line->work[1], *moves = line->work[2];
    struct bounded delta = known(0, unit);
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    for (size_t i = 1; i <= t; i++) {
        const struct bounded ratio =
            over(rms(moves, i - 1, rho, eps, unit), rms(squares, i, rho, eps, unit));
        delta = times(ratio, d[i - 1]);
        moves[i - 1] = times(delta, delta);
    }
    return minus(formula_before(line, t), times(coefficient(formula_lr(run, t), 0, unit), delta));
}

const struct formula formula_adadelta = {
    .source = "M. D. Zeiler, 2012, equations 9, 10 and 14, arXiv:1212.5701; lr as in "
              "torch.optim.Adadelta",
    .after = after,
};
