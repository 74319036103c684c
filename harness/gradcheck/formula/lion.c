#include "harness/gradcheck/formula/moments.h"

/* m_(t-1) from all gradients before; the step is the sign of a mix with this one. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double unit = run->unit, share = formula_option(run, "beta1");
    const struct bounded before = moment(run, line->g, t - 1, "beta2");
    const struct bounded mix = plus(times(coefficient(share, 0, unit), before),
                                    times(coefficient(1 - share, 1, unit), line->g[t - 1]));
    const struct bounded decay =
        times(coefficient(formula_option(run, "weight_decay"), 0, unit), formula_before(line, t));
    return moved_by(line, t, plus(sign(mix), decay));
}

static const char *const variants[] = {"lr=0.0625;weight_decay=0.5", NULL};

const struct formula formula_lion = {
    .source = "X. Chen et al., 2023, algorithm 2, arXiv:2302.06675",
    .variants = variants,
    .after = after,
};
