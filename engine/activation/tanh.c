#include "engine/activation/activation.h"
#include "engine/math/math.h"

static double hyperbolic_tangent(double x)
{
    const double magnitude = __builtin_fabs(x);
    if (magnitude > 20) /* 1 - tanh is below half an ulp of 1 */
        return x > 0 ? 1 : -1;
    const double e = math_expm1(2 * magnitude), t = e / (e + 2);
    return x < 0 ? -t : x == 0 ? x : t;
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = (real)hyperbolic_tangent((double)z[i]);
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
    .forward = forward,
    .backward = backward,
};
