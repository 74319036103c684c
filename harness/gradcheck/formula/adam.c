#include "harness/gradcheck/formula/moments.h"

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    const struct bounded mean = corrected(run, moment(run, d, t, "beta1"), t, "beta1");
    const struct bounded square = corrected(run, moment(run, squares, t, "beta2"), t, "beta2");
    return moved_by(line, t, over(mean, root_plus_eps(run, square)));
}

const struct formula formula_adam = {
    .source = "D. P. Kingma, J. Ba, 2014, equation 1 and algorithm 1, arXiv:1412.6980",
    .after = after,
};
