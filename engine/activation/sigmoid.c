#include "engine/activation/activation.h"
#include "engine/math/math.h"

static double logistic(double z)
{
    const double magnitude = __builtin_fabs(z);
    /* 1/2 + z/4 - z^3/48. For a float z, 1/2 + z/4 can lie half way between two
     * floats with the cube below f64's last place: a quarter of a float's last
     * place less than z/4 decides such a tie the cube's way and nothing else. */
    if (LG_PRECISION == 32 && magnitude < 0x1p-12)
        return 0.5 + z * (0.25 - 0x1p-27);
    const double e = math_exp(-magnitude); /* never overflows */
    return z < 0 ? e / (1 + e) : 1 / (1 + e);
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t i = 0; i < n; i++)
        h[i] = (real)logistic((double)z[i]);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)z;
    for (size_t i = 0; i < n; i++)
        dz[i] = dh[i] * (h[i] * (1 - h[i]));
}

const struct activation LG_SYMBOL(activation_sigmoid) = {
    .info =
        {
            .name = "sigmoid",
            .summary = "logistic function, onto (0, 1)",
            .formula = "1 / (1 + exp(-z))",
            .source =
                "P.-F. Verhulst, Nouveaux memoires de l'Academie royale de Bruxelles 18, 1845",
        },
    .minimum = 0,
    .maximum = 1,
    .forward = forward,
    .backward = backward,
};
