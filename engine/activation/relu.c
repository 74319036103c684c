#include "engine/activation/activation.h"

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = z[i] > 0 ? z[i] : 0;
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)z;
    for (size_t i = 0; i < n; i++)
        dz[i] = h[i] > 0 ? dh[i] : 0;
}

const struct activation LG_SYMBOL(activation_relu) = {
    .info =
        {
            .name = "relu",
            .summary = "rectified linear unit; derivative 0 at 0 and below",
            .formula = "max(0, z)",
            .source = "V. Nair, G. E. Hinton, Rectified Linear Units Improve Restricted Boltzmann "
                      "Machines, ICML 2010",
        },
    .dead_at_zero = true,
    .minimum = 0,
    .maximum = __builtin_inf(),
    .forward = forward,
    .backward = backward,
};
