/* Numbers with a bound on the error of an engine that computes them in f32 or f64: running
 * error analysis (J. H. Wilkinson, 1963; N. J. Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd edition, 2002, section 3.3). A value is computed in long double; its
 * bound grows by a rounding of the engine's precision in every operation, so that each
 * entry is judged by its own size and by what its own formula loses. */
#ifndef HARNESS_GRADCHECK_BOUNDED_H
#define HARNESS_GRADCHECK_BOUNDED_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

#include "harness/gradcheck/elementary.h"

struct bounded {
    long double value;
    long double error; /* the engine's value is at most this far away; infinite: anywhere */
    long double unit;  /* a rounding's relative size: 2^-24, 2^-53; 0: exact */
};

/* The rounding of what the engine computes in f64 whatever its precision. */
#define BOUNDED_ACCUMULATOR 0x1p-53L

static inline long double bounded_abs(long double x)
{
    return x < 0 ? -x : x;
}

/* Half the least number of the precision: what a rounding loses below its range. */
static inline long double bounded_tiny(long double unit)
{
    return unit == 0 ? 0 : unit > 0x1p-30L ? 0x1p-150L : 0x1p-1074L;
}

/* x with the error `error`, once rounded. A 0 that is exact stays so. */
static inline struct bounded bounded_rounded(long double x, long double error, long double unit)
{
    if (x != 0 || error != 0)
        error += bounded_abs(x) * unit + bounded_tiny(unit);
    return (struct bounded){x, error == error ? error : (long double)INFINITY, unit};
}

/* A number that both sides have in every bit. */
static inline struct bounded known(long double x, long double unit)
{
    return (struct bounded){x, 0, unit};
}

/* A coefficient that the engine computes in f64, within so many roundings, and rounds. */
static inline struct bounded coefficient(long double x, long double roundings, long double unit)
{
    return bounded_rounded(x, bounded_abs(x) * roundings * BOUNDED_ACCUMULATOR, unit);
}

static inline long double bounded_coarser(struct bounded x, struct bounded y)
{
    return x.unit > y.unit ? x.unit : y.unit;
}

static inline struct bounded negative(struct bounded x)
{
    return (struct bounded){-x.value, x.error, x.unit};
}

static inline struct bounded plus(struct bounded x, struct bounded y)
{
    return bounded_rounded(x.value + y.value, x.error + y.error, bounded_coarser(x, y));
}

static inline struct bounded minus(struct bounded x, struct bounded y)
{
    return plus(x, negative(y));
}

static inline struct bounded times(struct bounded x, struct bounded y)
{
    const long double error = bounded_abs(x.value) * y.error + bounded_abs(y.value) * x.error +
                              (x.error > 0 && y.error > 0 ? x.error * y.error : 0);
    return bounded_rounded(x.value * y.value, error, bounded_coarser(x, y));
}

/* The quotient; unknown where the divisor's bound includes 0. */
static inline struct bounded over(struct bounded x, struct bounded y)
{
    const long double least = bounded_abs(y.value) - y.error, quotient = x.value / y.value;
    if (!(least > 0))
        return (struct bounded){quotient, (long double)INFINITY, bounded_coarser(x, y)};
    return bounded_rounded(quotient, (x.error + bounded_abs(quotient) * y.error) / least,
                           bounded_coarser(x, y));
}

/* Negative values are 0 to it, as to an engine that clamps them. */
static inline struct bounded root(struct bounded x)
{
    const long double value = x.value > 0 ? x.value : 0;
    const long double less = value > x.error ? value - x.error : 0;
    const long double high = elementary_sqrt(value), low = elementary_sqrt(less);
    const long double most = elementary_sqrt(value + x.error);
    const long double error = x.error == 0               ? 0
                              : high - low > most - high ? high - low
                                                         : most - high;
    return bounded_rounded(high, error, x.unit);
}

/* The larger; no rounding. */
static inline struct bounded larger(struct bounded x, struct bounded y)
{
    const long double error = x.error > y.error ? x.error : y.error;
    return (struct bounded){x.value < y.value ? y.value : x.value, error, bounded_coarser(x, y)};
}

static inline struct bounded smaller(struct bounded x, struct bounded y)
{
    return negative(larger(negative(x), negative(y)));
}

static inline struct bounded magnitude(struct bounded x)
{
    return (struct bounded){bounded_abs(x.value), x.error, x.unit};
}

/* -1, 0 or 1; nothing is known where the bound allows for another. */
static inline struct bounded sign(struct bounded x)
{
    const long double value = x.value > 0 ? 1 : x.value < 0 ? -1 : 0;
    const bool is_known = x.error == 0 || bounded_abs(x.value) > x.error;
    return (struct bounded){value, is_known ? 0 : 2, x.unit};
}

/* The same number to the engine, which computed it in f64, in its precision. */
static inline struct bounded in_unit(struct bounded x, long double unit)
{
    return bounded_rounded(x.value, x.error, unit);
}

/* The same number, for operations that the engine does in f64. */
static inline struct bounded in_accumulator(struct bounded x)
{
    return (struct bounded){x.value, x.error, BOUNDED_ACCUMULATOR};
}

#endif
