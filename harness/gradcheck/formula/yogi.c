#include "harness/gradcheck/formula/moments.h"

/* v_t = v_(t-1) - (1 - beta2) sign(v_(t-1) - g^2) g^2: its sign is of the sum so far, so the
 * sum is walked. */
static struct bounded square_at(const struct formula_run *run, const struct bounded *squares,
                                size_t t)
{
    const struct bounded gain = coefficient(1 - formula_option(run, "beta2"), 1, run->unit);
    struct bounded v = coefficient(formula_option(run, "initial_accumulator_value"), 0, run->unit);
    for (size_t i = 0; i < t; i++) {
        const struct bounded side = sign(minus(v, squares[i]));
        v = minus(v, times(gain, times(side, squares[i])));
    }
    return v;
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    return moved_by(
        line, t, over(moment(run, d, t, "beta1"), root_plus_eps(run, square_at(run, squares, t))));
}

static const char *const variants[] = {"beta2=0.5", "initial_accumulator_value=1", NULL};

const struct formula formula_yogi = {
    .source = "M. Zaheer et al., NeurIPS 2018, algorithm 2",
    .variants = variants,
    .after = after,
};
