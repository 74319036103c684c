#include "engine/math/math.h"

#include "engine/base/digest.h"
#include "tests/unit/template.h"
#include "tests/unit/ulps.h"

static void check_error(const char *function, double (*f)(double), double limit)
{
    const struct worst worst = worst_of(function, f);
    cr_assert_gt(worst.points, 500);
    cr_assert_leq(worst.ulps, limit, "%s is off by %.3f ulp at %a", function, worst.ulps, worst.x);
}

/* Over 6 million random points: 0.81 and 1.41. */
TEMPLATE_TEST(exp, error_is_below_its_bound)
{
    check_error("exp", math_exp, 0.85);
}

TEMPLATE_TEST(exp, expm1_error_is_below_its_bound)
{
    check_error("expm1", math_expm1, 1.5);
}

TEMPLATE_TEST(exp, special_arguments)
{
    const double infinity = __builtin_inf(), nan = __builtin_nan("");
    cr_assert(math_exp(nan) != math_exp(nan) && math_expm1(nan) != math_expm1(nan));
    cr_assert(math_exp(infinity) == infinity && math_expm1(infinity) == infinity);
    cr_assert(math_exp(-infinity) == 0 && math_expm1(-infinity) == -1);
    cr_assert(math_exp(0.0) == 1 && math_exp(-0.0) == 1);
    cr_assert(math_expm1(0.0) == 0 && math_expm1(-0.0) == 0);
}

/* SHA-256 over the results at 100,000 points, whatever the copy: the bits that the
 * contract promises (a change is marked **numerics** in the changelog). */
static void check_bits(double (*f)(double), const char *expected)
{
    struct lg_pcg pcg = lg_pcg_seed(51, 1);
    struct lg_digest *digest = lg_digest_begin();
    char hex[LG_DIGEST_HEX];
    for (int i = 0; i < 100000; i++) {
        const double u = lg_pcg_uniform(&pcg);
        const double y = f(i % 2 ? 6 * u - 3 : 1500 * u - 760);
        uint64_t bits;
        unsigned char bytes[8];
        memcpy(&bits, &y, sizeof bits);
        for (int byte = 0; byte < 8; byte++)
            bytes[byte] = (unsigned char)(bits >> (8 * byte));
        lg_digest_add(digest, bytes, sizeof bytes);
    }
    lg_digest_end(digest, hex);
    cr_assert_str_eq(hex, expected);
}

TEMPLATE_TEST(exp, bits_are_the_same_in_every_copy)
{
    check_bits(math_exp, "4514cd7bdedc53649ce52bd946efda8b73f81c345696ddffabbc1802e73a8205");
    check_bits(math_expm1, "9abe8da4801d3c821375928e3607a561a3d808078844f1c29ce2d20b4c45fac8");
}
