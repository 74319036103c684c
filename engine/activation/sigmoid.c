#include "engine/activation/activation.h"
#include "engine/math/each.h"
#include "engine/math/math.h"

/* e / (1 + e) or 1 / (1 + e), e = exp(-|z|): neither overflows. */
ALWAYS_INLINE wide logistic(wide z, wide e)
{
    const wide exact = where(z < 0, e, 1) / (1 + e);
    /* 1/2 + z/4 - z^3/48. For a float z, 1/2 + z/4 can lie half way between two
     * floats with the cube below f64's last place: a quarter of a float's last
     * place less than z/4 decides such a tie the cube's way and nothing else. */
    const wide near_zero = 0.5 + z * (0.25 - 0x1p-27);
    return where(LG_PRECISION == 32 && wide_abs(z) < 0x1p-12, near_zero, exact);
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    enum { BLOCK = 128 };
    (void)options;
    for (size_t first = 0; first < n; first += BLOCK) {
        wide x[BLOCK], e[BLOCK];
        const size_t count = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < count; i++) {
            x[i] = (wide)z[first + i];
            e[i] = -wide_abs(x[i]);
        }
        math_exp_all(e, e, count);
        for (size_t i = 0; i < count; i++)
            h[first + i] = (real)logistic(x[i], e[i]);
    }
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
