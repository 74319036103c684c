/* `real` and `accumulator`, and the names of everything that is compiled once per precision
 * and instruction set. Included by arithmetic files only (docs/adr/0002).
 *
 * The Makefile sets LG_PRECISION (32, 64 or 80) and LG_ISA (a name). 80 means long double,
 * whatever it is on the machine (80 bits on x86-64, 128 on AArch64): the reference copy, which
 * the others are compared with. It is slow, and the contract of equal bits does not hold for
 * it.
 *
 * A header that declares such a function writes
 *     #define net_train LG_SYMBOL(net_train)
 * so that source and debugger read `net_train` while the linker sees lg_net_train_f32_avx2. */
#ifndef LG_BASE_REAL_H
#define LG_BASE_REAL_H

#include <float.h>
#include <stdint.h>

#ifdef __FAST_MATH__
#error "fast-math breaks the numerics contract (docs/adr/0001)"
#endif
_Static_assert(FLT_EVAL_METHOD == 0, "intermediate results must have their type's precision");

#if LG_PRECISION == 32
typedef float real;
typedef double accumulator;
typedef uint32_t real_bits;
#define LG_PRECISION_SUFFIX f32
#define REAL_MAX            FLT_MAX
#define REAL_LEAST          FLT_MIN
#define REAL_LEAST_ROOT     0x1p-63f
#define REAL_EPSILON        FLT_EPSILON
#define ACCUMULATOR_EPSILON DBL_EPSILON
#define ACCUMULATOR_MAX     DBL_MAX
#elif LG_PRECISION == 64
typedef double real;
typedef double accumulator;
typedef uint64_t real_bits;
#define LG_PRECISION_SUFFIX f64
#define REAL_MAX            DBL_MAX
#define REAL_LEAST          DBL_MIN
#define REAL_LEAST_ROOT     0x1p-511
#define REAL_EPSILON        DBL_EPSILON
#define ACCUMULATOR_EPSILON DBL_EPSILON
#define ACCUMULATOR_MAX     DBL_MAX
#elif LG_PRECISION == 80
typedef long double real;
typedef long double accumulator;
#define LG_PRECISION_SUFFIX reference
#define REAL_MAX            LDBL_MAX
#define REAL_LEAST          LDBL_MIN
#define REAL_LEAST_ROOT     0x1p-8191L
#define REAL_EPSILON        LDBL_EPSILON
#define ACCUMULATOR_EPSILON LDBL_EPSILON
#define ACCUMULATOR_MAX     LDBL_MAX
#else
#error "LG_PRECISION must be 32, 64 or 80"
#endif

/* REAL_LEAST is the least normal number and REAL_LEAST_ROOT its root: squares of smaller
 * numbers lose their digits, or are 0. */

/* `real` is what vectors and matrices hold. `accumulator` is the type of terms, sums and
 * elementary functions on the way to a loss, a gradient's entry or a step's coefficients:
 * f64 in the f32 and f64 copies. Options and all numbers that leave the engine are doubles:
 * code that works on one says (accumulator)option before it rounds. A constant that has
 * more digits than a double says (accumulator)0x...L. */

#define LG_SYMBOL_JOIN(name, precision, isa)   lg_##name##_##precision##_##isa
#define LG_SYMBOL_EXPAND(name, precision, isa) LG_SYMBOL_JOIN(name, precision, isa)
#define LG_SYMBOL(name)                        LG_SYMBOL_EXPAND(name, LG_PRECISION_SUFFIX, LG_ISA)
#define LG_STRING_JOIN(text)                   #text
#define LG_STRING(text)                        LG_STRING_JOIN(text)

/* The square root: IEEE's (no libm call: -fno-math-errno inlines it), except in the
 * reference copy where the machine has no instruction for it. */
static inline accumulator accumulator_sqrt(accumulator x)
{
#if LG_PRECISION != 80
    return __builtin_sqrt(x);
#elif LDBL_MANT_DIG == 64
    return __builtin_sqrtl(x);
#else
    if (!(x > 0 && x <= REAL_MAX))
        return x < 0 ? (accumulator)__builtin_nan("") : x;
    accumulator scale = 1;
    for (; x > 0x1p1000L; x *= 0x1p-1000L)
        scale *= 0x1p500L;
    for (; x < 0x1p-900L; x *= 0x1p1000L)
        scale *= 0x1p-500L;
    accumulator root = __builtin_sqrt((double)x);
    for (int newton = 0; newton < 2; newton++) /* each doubles the digits */
        root = (root + x / root) / 2;
    return root * scale;
#endif
}

static inline real real_sqrt(real x)
{
#if LG_PRECISION == 32
    return __builtin_sqrtf(x);
#else
    return accumulator_sqrt(x);
#endif
}

/* |x|: clears the sign bit. */
static inline accumulator accumulator_abs(accumulator x)
{
#if LG_PRECISION == 80
    return __builtin_fabsl(x);
#else
    return __builtin_fabs(x);
#endif
}

static inline real real_abs(real x)
{
#if LG_PRECISION == 32
    return __builtin_fabsf(x);
#else
    return accumulator_abs(x);
#endif
}

#endif
