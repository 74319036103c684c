#include "lossgrid/fpenv.h"

#include <float.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__)
#include <xmmintrin.h>
#endif

static const char not_nearest[] = "the rounding mode is not to nearest";
static const char flushes_results[] = "subnormal results are flushed to zero (FTZ)";
static const char flushes_operands[] = "subnormal operands are read as zero (DAZ)";

/* The deviation in the control register; NULL: none, or no register known. */
static const char *register_deviation(void)
{
#if defined(__x86_64__)
    /* Intel SDM volume 1, 10.2.3: RC is bits 13 and 14, FTZ 15, DAZ 6. */
    unsigned int mxcsr = _mm_getcsr();
    if ((mxcsr & 0x6000U) != 0)
        return not_nearest;
    if ((mxcsr & 0x8000U) != 0)
        return flushes_results;
    if ((mxcsr & 0x0040U) != 0)
        return flushes_operands;
#elif defined(__aarch64__)
    /* Arm ARM, FPCR: RMode is bits 22 and 23; FZ, which flushes both ways, 24;
     * FIZ, which flushes operands alone, 0. */
    uint64_t fpcr;
    __asm__ volatile("mrs %0, fpcr" : "=r"(fpcr));
    if ((fpcr & (UINT64_C(3) << 22)) != 0)
        return not_nearest;
    if ((fpcr & (UINT64_C(1) << 24)) != 0)
        return flushes_results;
    if ((fpcr & UINT64_C(1)) != 0)
        return flushes_operands;
#endif
    return NULL;
}

/* 1 + 3/4 ulp goes up only to nearest and upwards; 1 + 1/4 ulp goes up only
 * upwards; a tie goes to the even neighbour. Volatile operands keep the compiler
 * from doing the sums itself. */
static bool rounds_to_nearest(void)
{
    volatile double one = 1.0, ulp = DBL_EPSILON;
    volatile float one_f = 1.0F, ulp_f = FLT_EPSILON;
    return one + 0.75 * ulp == 1.0 + DBL_EPSILON && one + 0.25 * ulp == 1.0 &&
           one + 0.5 * ulp == 1.0 && one_f + 0.75F * ulp_f == 1.0F + FLT_EPSILON &&
           one_f + 0.25F * ulp_f == 1.0F && one_f + 0.5F * ulp_f == 1.0F;
}

static bool keeps_subnormal_results(void)
{
    volatile double smallest = DBL_MIN, half = 0.5;
    volatile float smallest_f = FLT_MIN, half_f = 0.5F;
    volatile double product = smallest * half;
    volatile float product_f = smallest_f * half_f;
    /* Read back as integers: under DAZ a comparison would lie. */
    union {
        double value;
        uint64_t bits;
    } d = {.value = product};
    union {
        float value;
        uint32_t bits;
    } f = {.value = product_f};
    return d.bits == UINT64_C(1) << 51 && f.bits == UINT32_C(1) << 22;
}

static bool keeps_subnormal_operands(void)
{
    volatile double least = DBL_TRUE_MIN, up = 0x1p100;
    volatile float least_f = FLT_TRUE_MIN, up_f = 0x1p100F;
    volatile double product = least * up;
    volatile float product_f = least_f * up_f;
    return product == 0x1p-974 && product_f == 0x1p-49F;
}

static const char *deviation(void)
{
    const char *deviation = register_deviation();
    if (deviation != NULL)
        return deviation;
    if (!rounds_to_nearest())
        return not_nearest;
    if (!keeps_subnormal_results())
        return flushes_results;
    if (!keeps_subnormal_operands())
        return flushes_operands;
    return NULL;
}

bool lg_fpenv_is_standard(const char **what)
{
    const char *found = deviation();
    if (found != NULL && what != NULL)
        *what = found;
    return found == NULL;
}
