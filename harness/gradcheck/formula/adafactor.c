#include "harness/gradcheck/formula/formula.h"

/* The mean of x_1 ... x_t that moves by the share i^beta2_decay in step i (1 - beta2_i of
 * the paper), as one sum: x_i has the share of step i times what later steps leave. */
static struct bounded moved_mean(const struct formula_run *run, const struct bounded *x, size_t t)
{
    const long double decay = formula_option(run, "beta2_decay");
    long double value = 0, error = 0, rest = 1;
    for (size_t i = t; i > 0; i--) {
        const long double share = elementary_pow((long double)i, decay);
        const long double roundings = 8 + 8 * bounded_abs(decay) + 6 * (long double)(t - i + 1);
        value += rest * share * x[i - 1].value;
        /* The engine rounds the share, and takes it from 1 as rounded. */
        error += bounded_abs(rest * share) *
                 (x[i - 1].error + bounded_abs(x[i - 1].value) * roundings * run->unit);
        error += bounded_abs(rest * share * x[i - 1].value) * run->unit *
                 (i < t ? 1 / (1 - elementary_pow((long double)(i + 1), decay)) : 0);
        rest *= 1 - share;
    }
    return (struct bounded){value, error + (long double)t * bounded_tiny(run->unit), run->unit};
}

/* The number that the paper adds to squares, or the least root and mean of PyTorch. */
static long double floor_of(const struct formula_run *run)
{
    const long double eps1 = formula_option(run, "eps1");
    if (eps1 > 0)
        return eps1;
    return formula_chose(run, "form", "paper") ? 1e-30L : 2 * run->unit;
}

/* The mean of squares of row `row` (columns apart), or of column: n entries `step` apart. */
static struct bounded mean_of(const struct formula_run *run, size_t first, size_t n, size_t step,
                              size_t t)
{
    const bool is_paper = formula_chose(run, "form", "paper");
    struct bounded *means = run->work + run->work_size;
    for (size_t i = 1; i <= t; i++) {
        struct bounded sum = known(0, BOUNDED_ACCUMULATOR);
        for (size_t k = 0; k < n; k++) {
            const struct bounded g = in_accumulator(formula_gradient_at(run, i, first + k * step));
            sum = plus(sum, times(g, g));
        }
        means[i - 1] = over(sum, known((long double)n, BOUNDED_ACCUMULATOR));
        if (is_paper)
            means[i - 1] = plus(means[i - 1], coefficient(floor_of(run), 0, run->unit));
    }
    return moved_mean(run, means, t);
}

static struct bounded mean_square(const struct formula_run *run, size_t row, size_t n)
{
    struct bounded sum = known(0, BOUNDED_ACCUMULATOR);
    for (size_t i = 0; i < n; i++)
        sum = plus(sum, in_accumulator(run->work[2 * run->work_size + row * n + i]));
    return over(sum, known((long double)n, BOUNDED_ACCUMULATOR));
}

/* V of each entry: R C / mean, R over a row and C over a column; of a bias its own mean. */
static void variances(const struct formula_run *run, size_t t, struct bounded *v)
{
    const size_t rows = run->rows, columns = run->columns;
    const bool is_paper = formula_chose(run, "form", "paper");
    struct bounded *column = run->work + 2 * run->work_size;
    if (run->is_bias) {
        for (size_t i = 0; i < columns; i++)
            v[i] = mean_of(run, i, 1, 1, t);
        return;
    }
    for (size_t i = 0; i < columns; i++)
        column[i] = mean_of(run, i, rows, columns, t);
    struct bounded mean = mean_square(run, 0, columns);
    if (!is_paper)
        mean = larger(mean, coefficient(floor_of(run), 0, run->unit));
    for (size_t row = 0; row < rows; row++) {
        const struct bounded own = mean_of(run, row * columns, columns, 1, t);
        for (size_t i = 0; i < columns; i++)
            v[row * columns + i] =
                over(times(in_accumulator(own), in_accumulator(column[i])), in_accumulator(mean));
    }
}

static struct bounded rms(const struct bounded *x, size_t n)
{
    return over(formula_norm(x, n), root(known((long double)n, BOUNDED_ACCUMULATOR)));
}

/* min(lr, 1 / sqrt(t)) max(eps2, RMS(w)), each where it is wanted. */
static struct bounded rate_at(const struct formula_run *run, size_t t)
{
    const size_t size = run->rows * run->columns;
    const long double relative = 1 / elementary_sqrt((long double)t), lr = formula_lr(run, t);
    const bool is_relative = formula_option(run, "relative_step") != 0 && relative < lr;
    const struct bounded rate = coefficient(is_relative ? relative : lr, 2, run->unit);
    for (size_t i = 0; i < size; i++)
        run->work[i] = formula_before_at(run, t, i);
    if (formula_option(run, "scale_parameter") == 0)
        return rate;
    const struct bounded least = known(formula_option(run, "eps2"), BOUNDED_ACCUMULATOR);
    return times(rate, larger(rms(run->work, size), least));
}

/* The share of w after decay: PyTorch's is by lr, that of transformers by the rate of the
 * step. */
static struct bounded kept(const struct formula_run *run, size_t t)
{
    const long double decay = formula_option(run, "weight_decay");
    if (!formula_chose(run, "form", "paper"))
        return coefficient(1 - formula_lr(run, t) * decay, 2, run->unit);
    const struct bounded part =
        times(in_accumulator(rate_at(run, t)), known(decay, BOUNDED_ACCUMULATOR));
    return in_unit(minus(known(1, BOUNDED_ACCUMULATOR), part), run->unit);
}

static void block(const struct formula_run *run, size_t t, struct bounded *after)
{
    const size_t size = run->rows * run->columns;
    const struct bounded small = coefficient(floor_of(run), 0, run->unit);
    const struct bounded least = known(formula_option(run, "d"), BOUNDED_ACCUMULATOR);
    variances(run, t, after);
    for (size_t i = 0; i < size; i++) {
        const bool is_paper = formula_chose(run, "form", "paper");
        const struct bounded deviation = is_paper ? root(after[i]) : larger(root(after[i]), small);
        after[i] =
            in_unit(over(in_accumulator(formula_gradient_at(run, t, i)), in_accumulator(deviation)),
                    run->unit);
    }
    const struct bounded excess =
        larger(known(1, BOUNDED_ACCUMULATOR), over(rms(after, size), least));
    const struct bounded rate = in_unit(over(in_accumulator(rate_at(run, t)), excess), run->unit);
    const struct bounded left = kept(run, t);
    for (size_t i = 0; i < size; i++)
        after[i] = minus(times(left, formula_before_at(run, t, i)), times(rate, after[i]));
}

static const char *const variants[] = {
    "form=paper;weight_decay=0.5",    "form=paper;eps1=0.25",     "relative_step=false;lr=0.5",
    "eps1=0.5;scale_parameter=false", "eps2=8;beta2_decay=-0.25", NULL,
};

const struct formula formula_adafactor = {
    .source = "N. Shazeer, M. Stern, 2018, algorithms 4 and 5, sections 5, 6 and 8, "
              "arXiv:1804.04235; eps1 as torch.optim.Adafactor documents it",
    .variants = variants,
    .block = block,
};
