/* z G(z), where G is a distribution function and symmetrical: G(-z) = 1 - G(z). So are gelu
 * and silu. All is computed from G(-a), a = |z|, which is small to the last digit:
 *     z G(z) = z (1 - G(-a)) above 0, -a G(-a) below
 * and, with s(a) the derivative of z G(z) at -a, the derivative is 1 - s(a) above, s(a) below.
 * G(-a) and s(a) are a share and a slope times an exponential, which is in two factors where
 * it is very small, so that digits are lost to the range at the very end only. */
#ifndef LG_ACTIVATION_GATE_H
#define LG_ACTIVATION_GATE_H

#include "engine/math/exact.h"
#include "engine/math/math.h"

enum { GATE_BLOCK = 128 };

/* A slope near its zero, at `root`, without cancellation: the difference from the root,
 * times a polynomial of it. The coefficients are f64's: elsewhere the plain formula has
 * digits enough or is all there is. */
struct crossing {
    double root, root_low;
    double series[13];
};

ALWAYS_INLINE accumulator near_root(const struct crossing *at, accumulator a, accumulator plain)
{
    if (LG_PRECISION != 64)
        return plain;
    const accumulator d = (a - at->root) - at->root_low;
    accumulator p = at->series[12];
    for (int i = 11; i >= 0; i--)
        p = p * d + at->series[i];
    return where(accumulator_abs(d) < 0.25, d * p, plain);
}

/* A block of arguments. */
struct gate {
    size_t count;
    accumulator a[GATE_BLOCK];      /* |z|, at most the least at which G(-a) is 0 */
    accumulator e[GATE_BLOCK];      /* first an exponent, then its exponential ... */
    accumulator second[GATE_BLOCK]; /* ... times this, which is 1 or the same again */
    accumulator share[GATE_BLOCK];  /* G(-a) without the exponential */
    accumulator slope[GATE_BLOCK];  /* s(a) without it */
};

/* Arguments first .. of z. */
static inline void gate_begin(struct gate *gate, size_t n, const real *z, size_t first,
                              accumulator limit)
{
    gate->count = n - first < GATE_BLOCK ? n - first : GATE_BLOCK;
    for (size_t i = 0; i < gate->count; i++) {
        const accumulator a = accumulator_abs((accumulator)z[first + i]);
        gate->a[i] = where(a > limit, limit, a);
    }
}

/* e and second from the exponents in e. */
static inline void gate_exponentials(struct gate *gate)
{
    accumulator is_far[GATE_BLOCK];
    for (size_t i = 0; i < gate->count; i++) {
        is_far[i] = where(gate->e[i] < -600, 1, 0);
        gate->e[i] *= where(gate->e[i] < -600, 0.5, 1);
    }
    math_exp_all(gate->e, gate->e, gate->count);
    for (size_t i = 0; i < gate->count; i++)
        gate->second[i] = where(is_far[i] > 0, gate->e[i], 1);
}

static inline void gate_values(const struct gate *gate, const real *z, real *h)
{
    for (size_t i = 0; i < gate->count; i++) {
        const accumulator x = (accumulator)z[i];
        const accumulator below = gate->a[i] * gate->share[i] * gate->e[i] * gate->second[i];
        const accumulator rest = 1 - gate->share[i] * gate->e[i] * gate->second[i];
        h[i] = (real)where(x < 0, -below, x * rest);
    }
}

static inline void gate_derivatives(const struct gate *gate, const real *z, const real *dh,
                                    real *dz)
{
    for (size_t i = 0; i < gate->count; i++) {
        const bool is_below = (accumulator)z[i] < 0;
        const accumulator factor = where(is_below, (accumulator)dh[i], 1);
        const accumulator below = factor * gate->slope[i] * gate->e[i] * gate->second[i];
        dz[i] = (real)where(is_below, below, (accumulator)dh[i] * (1 - below));
    }
}

#endif
