/* `real`, and the names of everything that is compiled once per precision and
 * instruction set. Included by arithmetic files only (docs/adr/0002).
 *
 * The Makefile sets LG_PRECISION (32 or 64), LG_ISA (a name) and LG_ISA_<name>.
 * A header that declares such a function writes
 *     #define net_train LG_SYMBOL(net_train)
 * so that source and debugger read `net_train` while the linker sees
 * lg_net_train_f32_avx2. */
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
typedef uint32_t real_bits;
#define LG_PRECISION_SUFFIX f32
#define REAL_MAX            FLT_MAX
#define REAL_EPSILON        FLT_EPSILON
#elif LG_PRECISION == 64
typedef double real;
typedef uint64_t real_bits;
#define LG_PRECISION_SUFFIX f64
#define REAL_MAX            DBL_MAX
#define REAL_EPSILON        DBL_EPSILON
#else
#error "LG_PRECISION must be 32 or 64"
#endif

#define LG_SYMBOL_JOIN(name, precision, isa)   lg_##name##_##precision##_##isa
#define LG_SYMBOL_EXPAND(name, precision, isa) LG_SYMBOL_JOIN(name, precision, isa)
#define LG_SYMBOL(name)                        LG_SYMBOL_EXPAND(name, LG_PRECISION_SUFFIX, LG_ISA)
#define LG_STRING_JOIN(text)                   #text
#define LG_STRING(text)                        LG_STRING_JOIN(text)

/* The IEEE square root (no libm call: -fno-math-errno inlines it). */
static inline real real_sqrt(real x)
{
#if LG_PRECISION == 32
    return __builtin_sqrtf(x);
#else
    return __builtin_sqrt(x);
#endif
}

/* |x|: clears the sign bit. */
static inline real real_abs(real x)
{
#if LG_PRECISION == 32
    return __builtin_fabsf(x);
#else
    return __builtin_fabs(x);
#endif
}

#endif
