#include "harness/gradcheck/formula/moments.h"

/* rho_t = rho_inf - 2 t beta2^t / (1 - beta2^t). Where beta2 is very near to 1 that is a
 * difference of near equals; the same, without one: with e = 1 - beta2, and
 * beta2^t / (1 - beta2^t) = 1 / (beta2^-t - 1),
 *     rho_t = 2 sum over k < t of (S_k) / S, S = 1 + beta2 + ... + beta2^(t-1)
 * which follows from 1/e - t beta2^t / (1 - beta2^t) = sum k beta2^(k-1) / sum beta2^(k-1). */
static long double length(long double beta, size_t t)
{
    long double weights = 0, ages = 0;
    for (size_t k = t; k > 0; k--) { /* the oldest first: the smallest first */
        const long double power = elementary_power(beta, k - 1);
        weights += power;
        ages += (long double)k * power;
    }
    return 2 * ages / weights - 1;
}

/* The rectification r_t, or 0 where the variance is not tractable. */
static long double rectification(long double beta, size_t t)
{
    const long double longest = 2 / (1 - beta) - 1, now = length(beta, t);
    if (!(now > 5))
        return 0;
    return elementary_sqrt((now - 4) / (longest - 4) * ((now - 2) / (longest - 2)) *
                           (longest / now));
}

static struct bounded after(const struct formula_line *line, size_t t)
{
    const struct formula_run *run = line->run;
    const long double beta = formula_option(run, "beta2"), r = rectification(beta, t);
    struct bounded *d = line->work[0], *squares = line->work[1];
    formula_penalised(line, t, formula_option(run, "weight_decay"), d);
    formula_squares(d, t, squares);
    const struct bounded mean = corrected(run, moment(run, d, t, "beta1"), t, "beta1");
    if (r == 0)
        return moved_by(line, t, mean);
    /* l_t = sqrt(1 - beta2^t) / (sqrt(v_t) + eps). The engine's rho_t is a difference of two
     * numbers near rho_inf, one of which has beta2^t of t products in it. */
    const struct bounded size = root_plus_eps(run, moment(run, squares, t, "beta2"));
    const long double losses = 16 + 4 / (1 - beta) / (1 - beta) / (length(beta, t) - 4);
    const struct bounded factor = times(coefficient(r, losses, run->unit),
                                        in_unit(root(formula_unbiased(beta, t)), run->unit));
    return moved_by(line, t, times(factor, over(mean, size)));
}

static const char *const variants[] = {"beta2=0.9", "beta2=0.75", "beta2=0.9999", NULL};

const struct formula formula_radam = {
    .source = "L. Liu et al., 2019, equations 4 and 5 and algorithm 2, arXiv:1908.03265; eps and "
              "the bound of 5 as torch.optim.RAdam documents",
    .variants = variants,
    .after = after,
};
