#include "engine/activation/activation.h"
#include "engine/math/math.h"

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    real_tanh_all(h, z, n);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)z;
    for (size_t i = 0; i < n; i++)
        dz[i] = dh[i] * (1 - h[i] * h[i]);
}

const struct activation LG_SYMBOL(activation_tanh) = {
    .info =
        {
            .name = "tanh",
            .summary = "hyperbolic tangent, onto (-1, 1)",
            .formula = "tanh(z)",
            .source = "Y. LeCun et al., Efficient BackProp, 1998, section 4.4",
        },
    .minimum = -1,
    .maximum = 1,
    .forward = forward,
    .backward = backward,
};
