/* A sum or product of two numbers and what rounding took from it: together they are exact.
 * For the few places where an error in an argument would grow: e^x has x times the relative
 * error of x. T. J. Dekker, A floating-point technique for extending the available
 * precision, 1971, doi:10.1007/BF01397083. No product of others is contracted here
 * (docs/adr/0001, rule 1), so the operations are those that stand. */
#ifndef LG_MATH_EXACT_H
#define LG_MATH_EXACT_H

#include "engine/math/each.h"

/* high is the rounded number, |low| at most half of its last place. */
struct twofold {
    accumulator high, low;
};

/* 2^s + 1, s half of the digits, rounded up. */
#if LG_PRECISION != 80
#define EXACT_SPLITTER 0x1.0000002p+27
#elif LDBL_MANT_DIG == 64
#define EXACT_SPLITTER 0x1.00000001p+32L
#else
#define EXACT_SPLITTER 0x1.00000000000000008p+57L
#endif

ALWAYS_INLINE struct twofold exact_sum(accumulator a, accumulator b)
{
    const accumulator sum = a + b, of_b = sum - a;
    return (struct twofold){sum, (a - (sum - of_b)) + (b - of_b)};
}

/* |a| and |b| below 2^900; exact where the product is above 2^-900. */
ALWAYS_INLINE struct twofold exact_product(accumulator a, accumulator b)
{
    const accumulator product = a * b, a_part = EXACT_SPLITTER * a, b_part = EXACT_SPLITTER * b;
    const accumulator a_high = a_part - (a_part - a), b_high = b_part - (b_part - b);
    const accumulator a_low = a - a_high, b_low = b - b_high;
    const accumulator low =
        ((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low;
    return (struct twofold){product, low};
}

/* The same with high and low set apart again. |high| >= |low|. */
ALWAYS_INLINE struct twofold exact_renew(accumulator high, accumulator low)
{
    const accumulator sum = high + low;
    return (struct twofold){sum, low - (sum - high)};
}

/* a + b and a b of two of them, off by a few units of the square of the last place. */
ALWAYS_INLINE struct twofold twofold_sum(struct twofold a, struct twofold b)
{
    const struct twofold high = exact_sum(a.high, b.high), low = exact_sum(a.low, b.low);
    const struct twofold first = exact_renew(high.high, high.low + low.high);
    return exact_renew(first.high, first.low + low.low);
}

ALWAYS_INLINE struct twofold twofold_product(struct twofold a, struct twofold b)
{
    const struct twofold high = exact_product(a.high, b.high);
    return exact_renew(high.high, high.low + (a.high * b.low + a.low * b.high));
}

ALWAYS_INLINE struct twofold twofold_negative(struct twofold a)
{
    return (struct twofold){-a.high, -a.low};
}

#endif
