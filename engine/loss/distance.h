/* The distance of two rows in the p-norm, and its derivative. */
#ifndef LG_LOSS_DISTANCE_H
#define LG_LOSS_DISTANCE_H

#include "engine/loss/row.h"
#include "engine/math/math.h"

/* Two rows; their difference is a[i] - b[i] + eps. */
struct distance {
    const real *a, *b;
    accumulator eps;     /* PyTorch's pairwise_distance adds it; 0: none */
    accumulator p;       /* of the norm, from 1 on */
    accumulator largest; /* of |a[i] - b[i] + eps| */
    accumulator unit;    /* what entries are divided by before anything else: 1, or the largest */
    accumulator scaled;  /* the norm over the unit */
    accumulator length;  /* the norm */
};

static inline accumulator distance_entry(const struct distance *d, size_t i)
{
    return (accumulator)d->a[i] - (accumulator)d->b[i] + d->eps;
}

static inline accumulator distance_magnitude(const void *of, size_t i)
{
    return accumulator_abs(distance_entry(of, i));
}

static inline accumulator distance_square(const void *of, size_t i)
{
    const accumulator e = distance_entry(of, i);
    return e * e;
}

/* r^p for r from 0 to 1. */
static inline accumulator distance_power(accumulator r, accumulator p)
{
    return p == 2 ? r * r : math_pow(r, p);
}

static inline accumulator distance_scaled_power(const void *of, size_t i)
{
    const struct distance *d = of;
    return distance_power(distance_magnitude(of, i) / d->largest, d->p);
}

static inline accumulator distance_largest(const struct distance *d, size_t n)
{
    accumulator largest = 0;
    for (size_t i = 0; i < n; i++) {
        const accumulator e = distance_magnitude(d, i);
        largest = e > largest ? e : largest;
    }
    return largest;
}

/* The norm as a multiple of its largest entry, so that no power overflows or vanishes. */
static inline void distance_scale(struct distance *d, size_t n)
{
    d->largest = distance_largest(d, n);
    if (!(d->largest > 0 && d->largest < __builtin_inf())) { /* 0, infinity or NaN */
        d->length = d->scaled = row_sum(distance_magnitude, d, n);
        return;
    }
    const accumulator sum = row_sum(distance_scaled_power, d, n);
    d->unit = d->largest;
    d->scaled = d->p == 2 ? accumulator_sqrt(sum) : math_exp(math_log(sum) / d->p);
    d->length = d->unit * d->scaled;
}

/* The distance of rows a and b of n entries. */
static inline struct distance distance_of(const real *a, const real *b, size_t n, accumulator p,
                                          accumulator eps)
{
    struct distance d = {.a = a, .b = b, .eps = eps, .p = p, .unit = 1};
    if (p == 1) {
        d.length = d.scaled = row_sum(distance_magnitude, &d, n);
        return d;
    }
    const accumulator square = p == 2 ? row_sum(distance_square, &d, n) : 0;
    if (square > 0x1p-900 && square < 0x1p1000)
        d.length = d.scaled = accumulator_sqrt(square);
    else
        distance_scale(&d, n);
    return d;
}

/* Derivative of the length by a[i]; by b[i] it is the negative. 0 where it has none: at
 * length 0, and at an entry of 0 for p = 1. */
static inline accumulator distance_slope(const struct distance *d, size_t i)
{
    const accumulator e = distance_entry(d, i);
    if (e == 0)
        return 0;
    if (d->p == 2) /* by the unit: the length itself may be subnormal or infinite */
        return e / d->unit / d->scaled;
    const accumulator r = accumulator_abs(e) / d->unit / d->scaled;
    const accumulator slope = d->p == 1 ? 1 : math_pow(r, d->p - 1);
    return e > 0 ? slope : e < 0 ? -slope : e;
}

#endif
