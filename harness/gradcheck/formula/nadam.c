#include "harness/gradcheck/formula/moments.h"

static long double mu(const struct formula_run *run, size_t i)
{
    const long double power =
        elementary_pow((long double)0.96, (long double)i * formula_option(run, "momentum_decay"));
    return formula_option(run, "beta1") * (1 - power / 2);
}

static struct bounded accumulator_coefficient(long double x, long double roundings)
{
    return bounded_rounded(x, bounded_abs(x) * roundings * BOUNDED_ACCUMULATOR,
                           BOUNDED_ACCUMULATOR);
}

/* (1 - mu_t) / (1 - mu_1 ... mu_t) g and mu_(t+1) / (1 - mu_1 ... mu_(t+1)) m. PyTorch 1.13
 * has mu_t in the second product twice. Products of up to t + 1 factors, a few ulp each. */
static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    long double product = 1;
    for (size_t i = 1; i <= t; i++)
        product *= mu(run, i);
    const long double twice = formula_chose(run, "form", "pytorch_1_13") ? mu(run, t) : 1;
    const long double next = product * mu(run, t + 1) * twice;
    const long double losses = 8 * (long double)t + 16;
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    const struct bounded one = known(1, BOUNDED_ACCUMULATOR);
    const struct bounded now_share =
        in_unit(over(accumulator_coefficient(1 - mu(run, t), 8 / (1 - mu(run, t))),
                     minus(one, accumulator_coefficient(product, losses))),
                run->unit);
    const struct bounded next_share =
        in_unit(over(accumulator_coefficient(mu(run, t + 1), 8),
                     minus(one, accumulator_coefficient(next, losses))),
                run->unit);
    const struct bounded ahead =
        plus(times(now_share, d[t - 1]), times(next_share, moment(run, d, t, "beta1")));
    const struct bounded square = corrected(run, moment(run, squares, t, "beta2"), t, "beta2");
    return moved_by(line, t, over(ahead, root_plus_eps(run, square)));
}

static const char *const variants[] = {"form=pytorch_1_13;momentum_decay=0.25", "momentum_decay=3",
                                       NULL};

const struct formula formula_nadam = {
    .source = "T. Dozat, 2016, ICLR workshop, algorithm 2; mu_t and both forms as "
              "torch.optim.NAdam documents and as PyTorch 1.13 computes",
    .variants = variants,
    .after = after,
};
