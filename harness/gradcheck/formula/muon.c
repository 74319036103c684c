#include "harness/gradcheck/formula/formula.h"

/* c = a b: (m, k) by (k, n), plain loops; either side may be the transpose of what is
 * stored. The engine's chains are fused: no more roundings. */
static void multiply(size_t m, size_t k, size_t n, const struct bounded *a, bool a_turned,
                     const struct bounded *b, bool b_turned, struct bounded *c, long double unit)
{
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            struct bounded sum = known(0, unit);
            for (size_t l = 0; l < k; l++)
                sum = plus(sum, times(a_turned ? a[l * m + i] : a[i * k + l],
                                      b_turned ? b[j * k + l] : b[l * n + j]));
            c[i * n + j] = sum;
        }
}

/* X = a X + b (X X^T) X + c (X X^T) (X X^T) X, always from the left: for any shape the same
 * as from the right, in real numbers. */
static void iterate(const struct formula_run *run, struct bounded *x)
{
    const size_t m = run->rows, n = run->columns;
    const long double a = 3.4445L, b = -4.7750L, c = 2.0315L;
    struct bounded *gram = run->work + run->work_size, *once = gram + run->work_size,
                   *twice = once + run->work_size;
    multiply(m, n, m, x, false, x, true, gram, run->unit);
    multiply(m, m, n, gram, false, x, false, once, run->unit);
    multiply(m, m, n, gram, false, once, false, twice, run->unit);
    for (size_t i = 0; i < m * n; i++)
        x[i] = plus(times(coefficient(a, 1, run->unit), x[i]),
                    plus(times(coefficient(b, 1, run->unit), once[i]),
                         times(coefficient(c, 1, run->unit), twice[i])));
}

/* The direction of an entry before it is made orthogonal. */
static struct bounded pushed(const struct formula_run *run, size_t t, size_t entry)
{
    const long double keep = formula_option(run, "momentum");
    struct bounded *g = run->work;
    for (size_t i = 1; i <= t; i++)
        g[i - 1] = formula_gradient_at(run, i, entry);
    const struct bounded mean = formula_decayed(g, t, keep, 1 - keep, known(0, run->unit));
    if (formula_option(run, "nesterov") == 0)
        return mean;
    return plus(times(coefficient(1 - keep, 1, run->unit), g[t - 1]),
                times(coefficient(keep, 0, run->unit), mean));
}

static void weight(const struct formula_run *run, size_t t, struct bounded *x)
{
    const size_t size = run->rows * run->columns;
    const long double lr = formula_lr(run, t), unit = run->unit;
    for (size_t i = 0; i < size; i++)
        x[i] = pushed(run, t, i);
    const struct bounded length =
        plus(formula_norm(x, size), known(formula_option(run, "eps"), BOUNDED_ACCUMULATOR));
    for (size_t i = 0; i < size; i++)
        x[i] = in_unit(over(in_accumulator(x[i]), length), unit);
    for (int step = 0; step < (int)formula_option(run, "ns_steps"); step++)
        iterate(run, x);
    /* Torch keeps a weight as (outputs, inputs): its rows are columns here. */
    const long double tall = (long double)run->columns / (long double)run->rows;
    const long double rate = lr * elementary_sqrt(tall > 1 ? tall : 1);
    const long double left = 1 - lr * formula_option(run, "weight_decay");
    for (size_t i = 0; i < size; i++)
        x[i] = minus(times(coefficient(left, 2, unit), formula_before_at(run, t, i)),
                     times(coefficient(rate, 3, unit), x[i]));
}

/* AdamW on a bias. */
static struct bounded bias(const struct formula_run *run, size_t t, size_t entry)
{
    const long double unit = run->unit, lr = formula_option(run, "adam_lr"),
                      beta1 = formula_option(run, "adam_beta1"),
                      beta2 = formula_option(run, "adam_beta2");
    struct bounded *g = run->work, *squares = g + run->work_size;
    for (size_t i = 1; i <= t; i++)
        g[i - 1] = formula_gradient_at(run, i, entry);
    formula_squares(g, t, squares);
    const struct bounded mean = over(formula_decayed(g, t, beta1, 1 - beta1, known(0, unit)),
                                     in_unit(formula_unbiased(beta1, t), unit));
    const struct bounded square =
        over(formula_decayed(squares, t, beta2, 1 - beta2, known(0, unit)),
             in_unit(formula_unbiased(beta2, t), unit));
    const struct bounded size =
        plus(root(square), coefficient(formula_option(run, "adam_eps"), 0, unit));
    const long double left = 1 - lr * formula_option(run, "adam_weight_decay");
    return minus(times(coefficient(left, 2, unit), formula_before_at(run, t, entry)),
                 times(coefficient(lr, 1, unit), over(mean, size)));
}

static void block(const struct formula_run *run, size_t t, struct bounded *after)
{
    if (!run->is_bias)
        weight(run, t, after);
    for (size_t i = 0; run->is_bias && i < run->columns; i++)
        after[i] = bias(run, t, i);
}

static const char *const variants[] = {"ns_steps=0", "ns_steps=1;weight_decay=0.5", "eps=8",
                                       "adam_weight_decay=0.5;adam_lr=0.125;adam_eps=0.5", NULL};

const struct formula formula_muon = {
    .source = "K. Jordan et al., 2024, https://kellerjordan.github.io/posts/muon/, with AdamW (I. "
              "Loshchilov, F. Hutter, 2017, algorithm 2) on biases",
    .variants = variants,
    .block = block,
};
