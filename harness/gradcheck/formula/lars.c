#include "harness/gradcheck/formula/formula.h"

/* The local rate of step t: eta |w| / (|g| + beta |w|), eta being trust_coefficient. */
static struct bounded rate_at(const struct formula_run *run, size_t t)
{
    const size_t size = run->rows * run->columns;
    struct bounded *w = run->work, lr = known(formula_lr(run, t), BOUNDED_ACCUMULATOR);
    if (run->is_bias && formula_option(run, "adapt_bias") == 0)
        return lr;
    for (size_t i = 0; i < size; i++)
        w[i] = formula_before_at(run, t, i);
    const struct bounded weight = formula_norm(w, size);
    const struct bounded gradient = formula_norm(run->g + (t - 1) * size, size);
    if (weight.value == 0 || gradient.value == 0)
        return lr;
    const struct bounded decay = known(formula_option(run, "weight_decay"), BOUNDED_ACCUMULATOR);
    const struct bounded eps = known(formula_option(run, "eps"), BOUNDED_ACCUMULATOR);
    const struct bounded eta = known(formula_option(run, "trust_coefficient"), BOUNDED_ACCUMULATOR);
    return times(lr, over(times(eta, weight), plus(plus(gradient, times(decay, weight)), eps)));
}

/* v_t = sum of momentum^(t - i) lr_i (g_i + beta w_(i-1)). */
static void block(const struct formula_run *run, size_t t, struct bounded *after)
{
    const size_t size = run->rows * run->columns;
    const bool adapts = !run->is_bias || formula_option(run, "adapt_bias") != 0;
    const struct bounded decay =
        coefficient(adapts ? formula_option(run, "weight_decay") : 0, 0, run->unit);
    struct bounded *rate = run->work + run->work_size, *kick = rate + run->work_size;
    for (size_t i = 1; i <= t; i++)
        rate[i - 1] = in_unit(rate_at(run, i), run->unit);
    for (size_t e = 0; e < size; e++) {
        for (size_t i = 1; i <= t; i++)
            kick[i - 1] = times(rate[i - 1], plus(formula_gradient_at(run, i, e),
                                                  times(decay, formula_before_at(run, i, e))));
        const struct bounded velocity =
            formula_decayed(kick, t, formula_option(run, "momentum"), 1, known(0, run->unit));
        after[e] = minus(formula_before_at(run, t, e), velocity);
    }
}

static const char *const variants[] = {"adapt_bias=true;weight_decay=0.5;trust_coefficient=0.5",
                                       "eps=1;momentum=0", NULL};

const struct formula formula_lars = {
    .source = "Y. You, I. Gitman, B. Ginsburg, 2017, equation 6 and algorithm 1, "
              "arXiv:1708.03888",
    .variants = variants,
    .block = block,
};
