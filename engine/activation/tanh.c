#include <string.h>

#include "engine/activation/activation.h"
#include "engine/math/each.h"
#include "engine/math/math.h"

/* An output from which on the derivative is computed from the argument: at it, 1 - h^2 has
 * lost little more than a bit. */
static const real SATURATED = 0.75;

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    real_tanh_all(h, z, n);
}

/* 4 dh e^2 / (1 + e^2)^2, whose e^2 might be subnormal where the product is not. */
ALWAYS_INLINE accumulator steep(accumulator dh, accumulator e)
{
    const accumulator below = 1 + e * e;
    return 4 * dh * e * (e / (below * below));
}

/* 1 - h^2 where h leaves digits to it; else from the
 * argument. */
static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    enum { BLOCK = 128 };
    (void)options;
    for (size_t first = 0; first < n; first += BLOCK) {
        const size_t left = n - first, count = left < BLOCK ? left : BLOCK;
        const real *of_z = z + first, *of_h = h + first, *of_dh = dh + first;
        real slope[BLOCK];
        accumulator e[BLOCK];
        unsigned char chosen[BLOCK]; /* those to compute from the argument, one after the other */
        size_t some = 0;
        for (size_t i = 0; i < count; i++)
            slope[i] = of_dh[i] * (1 - of_h[i] * of_h[i]);
        for (size_t i = 0; i < count; i++) {
            chosen[some] = (unsigned char)i;
            some += real_abs(of_h[i]) > SATURATED;
        }
        for (size_t k = 0; k < some; k++)
            e[k] =
                -accumulator_abs((accumulator)of_z[chosen[k]]); /* NOLINT: `some` of them are set */
        math_exp_all(e, e, some);
        for (size_t k = 0; k < some; k++)
            slope[chosen[k]] = (real)steep((accumulator)of_dh[chosen[k]], e[k]);
        memcpy(dz + first, slope, count * sizeof *dz);
    }
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
