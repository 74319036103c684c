#include "harness/gradcheck/formula/moments.h"

/* r_t + lambda x_t of the paper, entry by entry. */
static void direct(const struct formula_run *run, size_t t, long double weight_decay,
                   struct bounded *direction)
{
    const size_t size = run->rows * run->columns;
    struct bounded *g = run->work + run->work_size, *squares = g + run->work_size;
    for (size_t e = 0; e < size; e++) {
        for (size_t i = 1; i <= t; i++)
            g[i - 1] = formula_gradient_at(run, i, e);
        formula_squares(g, t, squares);
        const struct bounded mean = corrected(run, moment(run, g, t, "beta1"), t, "beta1");
        const struct bounded square = corrected(run, moment(run, squares, t, "beta2"), t, "beta2");
        direction[e] =
            plus(over(mean, root_plus_eps(run, square)),
                 times(coefficient(weight_decay, 0, run->unit), formula_before_at(run, t, e)));
    }
}

static void block(const struct formula_run *run, size_t t, struct bounded *after)
{
    const size_t size = run->rows * run->columns;
    const bool adapts = !run->is_bias || formula_option(run, "adapt_bias") != 0;
    struct bounded *w = run->work + run->work_size,
                   rate = known(formula_lr(run, t), BOUNDED_ACCUMULATOR);
    direct(run, t, adapts ? formula_option(run, "weight_decay") : 0, after);
    for (size_t e = 0; e < size; e++)
        w[e] = formula_before_at(run, t, e);
    const struct bounded weight = formula_norm(w, size), length = formula_norm(after, size);
    if (adapts && weight.value > 0 && length.value > 0)
        rate = times(rate, over(weight, length));
    rate = in_unit(rate, run->unit);
    for (size_t e = 0; e < size; e++)
        after[e] = minus(w[e], times(rate, after[e]));
}

static const char *const variants[] = {"adapt_bias=true;weight_decay=0.5;lr=0.125", NULL};

const struct formula formula_lamb = {
    .source = "Y. You et al., 2019, algorithm 2 with phi(z) = z, arXiv:1904.00962",
    .variants = variants,
    .block = block,
};
