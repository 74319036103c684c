#include "harness/gradcheck/derivative.h"

#include <assert.h>
#include <math.h>

/* Extrapolations beyond these win no digits any more. */
enum { ORDERS = 7, NOISE_POINTS = 10 };

/* So far apart that third, and sixth, differences keep nothing of a smooth function. */
static const double SHORT_STEP = 0x1p-40, LONG_STEP = 0x1p-14;

static long double larger(long double a, long double b)
{
    return a > b ? a : b;
}

/* Of independent errors of size 1, the root of the mean square of differences of an order:
 * the root of a central binomial coefficient. On one side of 0, where a kink may be. */
static long double noise_by(const struct line *line, double step, int order, long double *largest)
{
    long double value[NOISE_POINTS], sum = 0, choose = 1;
    for (int i = 0; i < NOISE_POINTS; i++) {
        value[i] = line->value(line->context, (i + 1) * step);
        *largest = larger(*largest, fabsl(value[i]));
    }
    for (int k = 1; k <= order; k++) {
        for (int i = 0; i + k < NOISE_POINTS; i++)
            value[i] = value[i + 1] - value[i];
        choose = choose * (order + k) / k;
    }
    for (int i = 0; i + order < NOISE_POINTS; i++)
        sum += value[i] * value[i];
    return (long double)__builtin_sqrt((double)(sum / (choose * (NOISE_POINTS - order))));
}

long double derivative_noise(const struct line *line, long double unit, bool is_smooth)
{
    long double largest = 0;
    long double noise = noise_by(line, SHORT_STEP, 3, &largest);
    if (is_smooth)
        noise = larger(noise, noise_by(line, LONG_STEP, 6, &largest));
    return larger(unit * largest, 3 * noise);
}

/* Differences of ascending accuracy from one sequence of steps: row k has the
 * difference of step k and its extrapolations with the rows before it. */
struct tableau {
    long double
        growth; /* of the error's order from column to column: h^p to h^(p + 1) or (p + 2) */
    long double amplification; /* of noise / (long double)h, by any of the extrapolations */
    long double row[DERIVATIVE_STEPS_MAX][ORDERS];
};

/* Fill row k from its difference; returns the best estimate that ends in it. */
static struct estimate add_row(struct tableau *tableau, size_t k, long double difference,
                               long double noise, double h)
{
    long double *now = tableau->row[k];
    struct estimate best = {difference, (long double)INFINITY};
    long double factor = 1;
    now[0] = difference;
    for (size_t j = 1; j < ORDERS && j <= k; j++) {
        const long double *before = tableau->row[k - 1];
        factor *= tableau->growth;
        now[j] = now[j - 1] + (now[j - 1] - before[j - 1]) / (factor - 1);
        const long double truncation =
            larger(fabsl(now[j] - now[j - 1]), fabsl(now[j] - before[j - 1]));
        const long double error = truncation + tableau->amplification * noise / (long double)h;
        if (error < best.error)
            best = (struct estimate){now[j], error};
    }
    return best;
}

static struct estimate better(struct estimate a, struct estimate b)
{
    return b.error < a.error ? b : a;
}

/* Steps so large that they see another piece of the function may agree with each other;
 * the smallest ones have the last word. */
static void doubt(struct estimate *estimate, long double smallest, long double noise, double h,
                  long double truncation)
{
    const long double apart =
        fabsl(estimate->value - smallest) - 8 * noise / (long double)h - truncation;
    if (!(apart <= 0))
        estimate->error = apart != apart ? (long double)INFINITY : larger(estimate->error, apart);
}

void derivative_measure(const struct line *line, double h_max, size_t steps, long double noise,
                        struct derivative *result)
{
    assert(steps >= 3 && steps <= DERIVATIVE_STEPS_MAX);
    /* Central differences have errors of even orders only, one-sided ones of all. Their
     * noise is multiplied by less than the product of (b^j + 1) / (b^j - 1). */
    struct tableau both = {.growth = 4, .amplification = 2};
    struct tableau right = {.growth = 2, .amplification = 17}, left = right;
    const struct estimate none = {0, (long double)INFINITY};
    const long double zero = line->value(line->context, 0);
    long double gap = 0; /* between the last two differences of each */
    *result = (struct derivative){
        .steps = steps, .best = none, .left = none, .right = none, .at_zero = zero};
    double h = h_max;
    for (size_t k = 0; k < steps; k++, h /= 2) {
        const long double up = line->value(line->context, h), down = line->value(line->context, -h);
        const long double central = (up - down) / (2 * (long double)h);
        result->h[k] = h;
        result->richardson[k] = add_row(&both, k, central, noise, h);
        gap = k > 0 ? fabsl(central - both.row[k - 1][0]) : (long double)INFINITY;
        result->central[k] = (struct estimate){central, gap + noise / (long double)h};
        result->best = better(result->best, result->richardson[k]);
        result->right =
            better(result->right, add_row(&right, k, (up - zero) / (long double)h, noise, h));
        result->left =
            better(result->left, add_row(&left, k, (zero - down) / (long double)h, noise, h));
    }
    const size_t last = steps - 1;
    doubt(&result->best, both.row[last][0], noise, result->h[last], gap);
    doubt(&result->right, right.row[last][0], noise, result->h[last],
          fabsl(right.row[last][0] - right.row[last - 1][0]) * 2);
    doubt(&result->left, left.row[last][0], noise, result->h[last],
          fabsl(left.row[last][0] - left.row[last - 1][0]) * 2);
}

bool derivative_has_kink(const struct derivative *d)
{
    const long double apart = fabsl(d->left.value - d->right.value);
    return apart > 4 * (d->left.error + d->right.error) &&
           apart > 1e-9L * larger(fabsl(d->left.value), fabsl(d->right.value));
}
