#include "engine/kernel/soft_fma.h"

#include <math.h>

#include "tests/unit/template.h"

static uint64_t random_bits(struct lg_pcg *pcg)
{
    return (uint64_t)lg_pcg_next(pcg) << 32 | lg_pcg_next(pcg);
}

/* All exponents, with a bias towards close ones (cancellation), subnormals and
 * few-bit mantissas (exact ties). */
static double random_double(struct lg_pcg *pcg)
{
    uint64_t bits = random_bits(pcg);
    switch (lg_pcg_below(pcg, 8)) {
    case 0:
        bits &= 0x801fffffffffffffu;
        break;
    case 1:
        bits &= 0xffffffff00000000u;
        break;
    case 2:
        bits = (bits & 0xfff0000000000000u) | (bits & 3);
        break;
    case 3:
        break;
    default:
        bits = (bits & 0x800fffffffffffffu) | (uint64_t)(963 + lg_pcg_below(pcg, 120)) << 52;
    }
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

TEMPLATE_TEST(soft_fma, binary64_equals_the_reference_in_every_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(4, 1);
    for (int i = 0; i < 300000; i++) {
        const double a = random_double(&pcg), b = random_double(&pcg);
        double c = random_double(&pcg);
        if (i % 4 == 0)
            c = -(a * b); /* all but the rounding error cancels */
        const double got = soft_fma(a, b, c), expected = fma(a, b, c);
        cr_assert(memcmp(&got, &expected, sizeof got) == 0 || (got != got && expected != expected),
                  "fma(%a, %a, %a) = %a, expected %a", a, b, c, got, expected);
    }
}

TEMPLATE_TEST(soft_fma, binary32_equals_the_reference_in_every_bit)
{
    struct lg_pcg pcg = lg_pcg_seed(5, 1);
    for (int i = 0; i < 300000; i++) {
        float x[3];
        for (int j = 0; j < 3; j++) {
            uint32_t bits = lg_pcg_next(&pcg);
            if (lg_pcg_below(&pcg, 2))
                bits = (bits & 0x807fffffu) | (97 + lg_pcg_below(&pcg, 60)) << 23;
            memcpy(&x[j], &bits, sizeof bits);
        }
        if (i % 4 == 0)
            x[2] = -(x[0] * x[1]);
        const float got = soft_fmaf(x[0], x[1], x[2]), expected = fmaf(x[0], x[1], x[2]);
        cr_assert(memcmp(&got, &expected, sizeof got) == 0 || (got != got && expected != expected),
                  "fmaf(%a, %a, %a) = %a, expected %a", (double)x[0], (double)x[1], (double)x[2],
                  (double)got, (double)expected);
    }
}
