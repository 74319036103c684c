#include "engine/activation/activation.h"
#include "engine/math/math.h"

static const accumulator SCALE = (accumulator)1.0507009873554804934193349852946L;
static const accumulator BELOW =
    (accumulator)1.7580993408473768599402175208123L; /* times alpha, 1.6732... */

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = (real)(z[i] > 0 ? SCALE * (accumulator)z[i] : BELOW * math_expm1((accumulator)z[i]));
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    for (size_t i = 0; i < n; i++)
        dz[i] = (real)(z[i] > 0 ? SCALE * (accumulator)dh[i]
                                : exp_times((accumulator)z[i], BELOW * (accumulator)dh[i]));
}

const struct activation LG_SYMBOL(activation_selu) = {
    .info =
        {
            .name = "selu",
            .summary = "elu, scaled so that layers keep mean 0 and variance 1",
            .formula = "1.0507 (z > 0: z; else 1.6733 (exp(z) - 1))",
            .source = "G. Klambauer et al., Self-Normalizing Neural Networks, 2017, equation 2, "
                      "arXiv:1706.02515",
        },
    .forward = forward,
    .backward = backward,
};
