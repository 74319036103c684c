#include "harness/gradcheck/formula/moments.h"

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    struct bounded most = known(0, run->unit);
    for (size_t i = 1; i <= t; i++)
        most = larger(most, moment(run, squares, i, "beta2"));
    const struct bounded mean = corrected(run, moment(run, d, t, "beta1"), t, "beta1");
    return moved_by(line, t, over(mean, root_plus_eps(run, corrected(run, most, t, "beta2"))));
}

const struct formula formula_amsgrad = {
    .source = "S. J. Reddi, S. Kale, S. Kumar, 2018, algorithm 2, arXiv:1904.09237, the maximum "
              "taken before Adam's corrections, as torch.optim.Adam(amsgrad=True) documents",
    .after = after,
};
