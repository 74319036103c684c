/* The tests of engine/math that every function must pass. */
#ifndef TESTS_UNIT_ELEMENTARY_H
#define TESTS_UNIT_ELEMENTARY_H

#include "lossgrid/digest.h"
#include "tests/unit/template.h"
#include "tests/unit/ulps.h"

/* f is within `limit` ulp of its golden values. */
static inline void check_error(const char *function, double (*f)(double), double limit)
{
    const struct worst worst = worst_of(function, f);
    cr_assert_gt(worst.points, 500);
    cr_assert_leq(worst.ulps, limit, "%s is off by %.3f ulp at %a", function, worst.ulps, worst.x);
}

/* SHA-256 over the results at 100,000 points, whatever the copy: the bits that the
 * contract promises (a change is marked **numerics** in the changelog). One half of
 * the points lies in [-3, 3), the other in [low, high). */
static inline void check_bits(double (*f)(double), double low, double high, const char *expected)
{
    struct lg_pcg pcg = lg_pcg_seed(51, 1);
    struct lg_digest *digest = lg_digest_begin();
    char hex[LG_DIGEST_HEX];
    for (int i = 0; i < 100000; i++) {
        const double u = lg_pcg_uniform(&pcg);
        double y = f(i % 2 ? 6 * u - 3 : (high - low) * u + low);
        if (y != y)
            y = __builtin_nan("");
        uint64_t bits;
        unsigned char bytes[8];
        memcpy(&bits, &y, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            bytes[byte] = (unsigned char)(bits >> (8 * byte));
        lg_digest_add(digest, bytes, sizeof bytes);
    }
    lg_digest_end(digest, hex);
    cr_assert_str_eq(hex, expected, "%s", hex);
}

/* The same number, zero's sign included; NaNs are all the same. */
static inline bool is_same(double a, double b)
{
    return a != a ? b != b : memcmp(&a, &b, sizeof a) == 0;
}

/* An argument where f64's own error would decide, and the right float, from MPFR. */
struct close_float {
    float x, y;
};

/* In f32 the real function rounds correctly: at 100,000 floats of any magnitude from
 * 2^-30 to 2^7, sign and digits random, as the C library's `exact` says, and at the
 * close ones. In f64 it is f. */
static inline void check_real(real (*of_real)(real), double (*f)(double),
                              long double (*exact)(long double), const struct close_float *close,
                              size_t count)
{
    struct lg_pcg pcg = lg_pcg_seed(62, 1);
    for (size_t i = 0; i < 100000 + count; i++) {
        const uint32_t bits = (lg_pcg_next(&pcg) & 0x807fffffu) | (97 + lg_pcg_below(&pcg, 37))
                                                                      << 23;
        float x;
        memcpy(&x, &bits, sizeof x);
        if (i < count)
            x = close[i].x;
        double expected = f((double)x);
        if (LG_PRECISION == 32)
            expected = (double)(i < count ? close[i].y : (float)exact((long double)x));
        const double y = (double)of_real((real)x);
        cr_assert(is_same(y, expected), "at %a: %a, expected %a", (double)x, y, expected);
    }
}

#endif
