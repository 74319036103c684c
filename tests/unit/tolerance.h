/* The tolerance of a result against its golden value: the one place that has it.
 *
 * f64: the engine and its reference make different roundings of the same formula, a few times
 * 1.1e-16 of the largest number on the way; 1e-12 leaves room for the steps of an optimizer
 * and none for another formula.
 *
 * f32: golden inputs are floats, so only the engine's own roundings count. Each moves its
 * result by at most 2^-24 of it, or, where it underflows, by half of the smallest
 * subnormal; a test says how many follow one another. */
#ifndef TESTS_UNIT_TOLERANCE_H
#define TESTS_UNIT_TOLERANCE_H

#include <math.h>
#include <stdbool.h>

#include "engine/base/real.h"

#define TOLERANCE_F64 1e-12
#define ROUNDING_F32  0x1p-24
#define UNDERFLOW_F32 0x1p-149

/* True if got is within `roundings` roundings, of numbers no larger than magnitude, of
 * expected. magnitude is |expected| unless terms cancel on the way. */
static inline bool is_near(double got, double expected, double magnitude, int roundings)
{
    double limit = TOLERANCE_F64 * magnitude;
    if (LG_PRECISION == 32) {
        if (fabs(expected) > (double)FLT_MAX)
            return isinf(got) && signbit(got) == signbit(expected);
        limit += roundings * (ROUNDING_F32 * magnitude + UNDERFLOW_F32);
    }
    return fabs(got - expected) <= limit; /* false for NaN */
}

#endif
