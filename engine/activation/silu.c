#include "engine/activation/activation.h"
#include "engine/math/math.h"

/* Computed in double: beside the cancellation of 1 - s a float would lose digits. */
static wide logistic(wide z)
{
    const wide e = math_exp(-wide_abs(z)); /* never overflows */
    return z < 0 ? e / (1 + e) : 1 / (1 + e);
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = (real)((wide)z[i] * logistic((wide)z[i]));
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    for (size_t i = 0; i < n; i++) {
        const wide x = (wide)z[i], s = logistic(x), rest = logistic(-x);
        dz[i] = dh[i] * (real)(s * (1 + x * rest));
    }
}

const struct activation LG_SYMBOL(activation_silu) = {
    .info =
        {
            .name = "silu",
            .summary = "sigmoid linear unit, also called swish",
            .formula = "z / (1 + exp(-z))",
            .source = "D. Hendrycks, K. Gimpel, 2016, section 2, arXiv:1606.08415; S. Elfwing, E. "
                      "Uchibe, K. Doya, 2017, equation 9, arXiv:1702.03118",
        },
    .forward = forward,
    .backward = backward,
};
