#include "engine/activation/activation.h"
#include "engine/kernel/lanes.h"
#include "engine/math/math.h"

/* The largest, so that no exponential overflows. */
static wide largest(size_t n, const real *z)
{
    real most = z[0];
    for (size_t i = 1; i < n; i++)
        most = z[i] > most ? z[i] : most;
    return (wide)most;
}

static wide sum_of_exponentials(size_t n, const real *z, wide most)
{
    struct lanes lanes = {{0}};
    for (size_t i = 0; i < n; i++)
        lanes.sum[i % VIRTUAL_LANES] += math_exp((wide)z[i] - most);
    return lanes_total(&lanes);
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    const wide most = largest(n, z), sum = sum_of_exponentials(n, z, most);
    for (size_t i = 0; i < n; i++)
        h[i] = (real)(math_exp((wide)z[i] - most) / sum);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)z;
    struct lanes lanes = {{0}};
    for (size_t i = 0; i < n; i++)
        lanes.sum[i % VIRTUAL_LANES] += (wide)h[i] * (wide)dh[i];
    const wide mean = lanes_total(&lanes);
    for (size_t i = 0; i < n; i++)
        dz[i] = (real)((wide)h[i] * ((wide)dh[i] - mean));
}

const struct activation LG_SYMBOL(activation_softmax) = {
    .info =
        {
            .name = "softmax",
            .summary = "probabilities from scores, over all outputs of a sample",
            .formula = "exp(z_i) / sum_j exp(z_j)",
            .source = "J. S. Bridle, 1990, doi:10.1007/978-3-642-76153-9_28",
        },
    .by_row = true,
    .rows = LG_ROWS_PROBABILITIES,
    .minimum = 0,
    .maximum = 1,
    .forward = forward,
    .backward = backward,
};
