#include "engine/activation/activation.h"
#include "engine/math/each.h"
#include "engine/math/math.h"

/* An output from which on the derivative is computed from the argument: at it, 1 - h has lost
 * two bits. */
static const real SATURATED = 0.75;
/* And one below which h itself has lost digits: the least normal number. */
#if LG_PRECISION == 32
static const real VANISHED = FLT_MIN;
#elif LG_PRECISION == 64
static const real VANISHED = DBL_MIN;
#else
static const real VANISHED = LDBL_MIN;
#endif

/* e / (1 + e) or 1 / (1 + e), e = exp(-|z|): neither overflows. */
ALWAYS_INLINE accumulator logistic(accumulator z, accumulator e)
{
    const accumulator exact = where(z < 0, e, 1) / (1 + e);
    /* 1/2 + z/4 - z^3/48. For a float z, 1/2 + z/4 can lie half way between two
     * floats with the cube below f64's last place: a quarter of a float's last
     * place less than z/4 decides such a tie the cube's way and nothing else. */
    const accumulator near_zero = 0.5 + z * (0.25 - 0x1p-27);
    return where(LG_PRECISION == 32 && accumulator_abs(z) < 0x1p-12, near_zero, exact);
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    enum { BLOCK = 128 };
    (void)options;
    for (size_t first = 0; first < n; first += BLOCK) {
        accumulator x[BLOCK], e[BLOCK];
        const size_t count = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < count; i++) {
            x[i] = (accumulator)z[first + i];
            e[i] = -accumulator_abs(x[i]);
        }
        math_exp_all(e, e, count);
        for (size_t i = 0; i < count; i++)
            h[first + i] = (real)logistic(x[i], e[i]);
    }
}

/* dh e^2 / (1 + e^2)^2, whose e^2 might be subnormal where the product is not. */
ALWAYS_INLINE accumulator steep(accumulator dh, accumulator e)
{
    const accumulator below = 1 + e * e;
    return dh * e * (e / (below * below));
}

/* h (1 - h) where h leaves digits to 1 - h; else
 * from the argument. */
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
            slope[i] = of_dh[i] * (of_h[i] * (1 - of_h[i]));
        for (size_t i = 0; i < count; i++) {
            chosen[some] = (unsigned char)i;
            some += (of_h[i] > SATURATED) | (of_h[i] < VANISHED);
        }
        for (size_t k = 0; k < some; k++)
            e[k] = -0.5 * accumulator_abs(
                              (accumulator)of_z[chosen[k]]); /* NOLINT: `some` of them are set */
        math_exp_all(e, e, some);
        for (size_t k = 0; k < some; k++)
            slope[chosen[k]] = (real)steep((accumulator)of_dh[chosen[k]], e[k]);
        memcpy(dz + first, slope, count * sizeof *dz);
    }
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
