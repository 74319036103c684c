/* Parts that the second formulas of Adam and its relatives share: whole sums over the
 * history (D. P. Kingma, J. Ba, 2014, equation 1), corrected in closed form. */
#ifndef HARNESS_GRADCHECK_FORMULA_MOMENTS_H
#define HARNESS_GRADCHECK_FORMULA_MOMENTS_H

#include "harness/gradcheck/formula/formula.h"

/* m_t = (1 - beta) sum of beta^(t - i) x_i. */
static inline struct bounded moment(const struct formula_run *run, const struct bounded *x,
                                    size_t t, const char *beta)
{
    const long double keep = formula_option(run, beta);
    return formula_decayed(x, t, keep, 1 - keep, known(0, run->unit));
}

/* x / (1 - beta^t). */
static inline struct bounded corrected(const struct formula_run *run, struct bounded x, size_t t,
                                       const char *beta)
{
    return over(x, in_unit(formula_unbiased(formula_option(run, beta), t), run->unit));
}

/* sqrt(x) + eps. */
static inline struct bounded root_plus_eps(const struct formula_run *run, struct bounded x)
{
    return plus(root(x), coefficient(formula_option(run, "eps"), 0, run->unit));
}

/* w - lr x */
static inline struct bounded moved_by(const struct formula_line *line, size_t t, struct bounded x)
{
    const struct bounded rate = coefficient(formula_lr(line->run, t), 1, line->run->unit);
    return minus(formula_before(line, t), times(rate, x));
}

#endif
