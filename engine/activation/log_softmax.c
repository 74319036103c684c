#include "engine/activation/activation.h"
#include "engine/activation/exponentials.h"

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    struct exponentials e;
    exponentials_begin(&e, n, z);
    const accumulator top = (accumulator)z[e.top], log_sum = math_log1p(e.rest);
    for (size_t i = 0; i < n; i++)
        h[i] = (real)(((accumulator)z[i] - top) - log_sum);
}

/* dh_i - p_i sum_j dh_j, p = softmax(z); of the largest output, whose p may be almost 1,
 * dh (1 - p) less p times the sum of the others. */
static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    struct exponentials e;
    struct lanes lanes = {{0}};
    exponentials_begin(&e, n, z);
    const accumulator own = (accumulator)dh[e.top], sum = 1 + e.rest;
    for (size_t i = 0; i < n; i++)
        lanes.sum[i % VIRTUAL_LANES] += i == e.top ? 0 : (accumulator)dh[i];
    const accumulator others = lanes_total(&lanes), all = others + own;
    const size_t top = e.top;
    for (size_t first = 0; first < n; first += EXPONENTIALS_BLOCK) {
        const size_t count = exponentials_at(&e, first);
        for (size_t i = 0; i < count; i++)
            dz[first + i] = (real)((accumulator)dh[first + i] - e.block[i] / sum * all);
    }
    dz[top] = (real)((own * e.rest - others) / sum);
}

const struct activation LG_SYMBOL(activation_log_softmax) = {
    .info =
        {
            .name = "log_softmax",
            .summary = "logarithms of softmax",
            .formula = "z_i - log sum_j exp(z_j)",
            .source = "J. S. Bridle, 1990, doi:10.1007/978-3-642-76153-9_28",
        },
    .by_row = true,
    .rows = LG_ROWS_LOG_PROBABILITIES,
    .minimum = -__builtin_inf(),
    .maximum = 0,
    .forward = forward,
    .backward = backward,
};
