#include "engine/activation/activation.h"

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = z[i] / (1 + real_abs(z[i]));
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    for (size_t i = 0; i < n; i++) {
        const real root = 1 + real_abs(z[i]);
        dz[i] = dh[i] / root / root;
    }
}

const struct activation LG_SYMBOL(activation_softsign) = {
    .info =
        {
            .name = "softsign",
            .summary = "towards -1 and 1, as 1 / |z|",
            .formula = "z / (1 + |z|)",
            .source = "D. L. Elliott, A Better Activation Function for Artificial Neural Networks, "
                      "1993",
        },
    .minimum = -1,
    .maximum = 1,
    .forward = forward,
    .backward = backward,
};
