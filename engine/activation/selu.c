#include "engine/activation/activation.h"
#include "engine/math/math.h"

static const wide SCALE = (wide)1.0507009873554804934193349852946L;
static const wide ALPHA = (wide)1.6732632423543772848170429916717L;

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    const real scale = (real)SCALE, below = (real)(SCALE * ALPHA);
    for (size_t i = 0; i < n; i++)
        h[i] = z[i] > 0 ? scale * z[i] : below * real_expm1(z[i]);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    const real scale = (real)SCALE, below = (real)(SCALE * ALPHA);
    for (size_t i = 0; i < n; i++)
        dz[i] = z[i] > 0 ? dh[i] * scale : dh[i] * (below * real_exp(z[i]));
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
