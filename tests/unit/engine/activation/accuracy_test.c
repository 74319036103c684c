#include "registry.h"

#include "engine/net/net.h"
#include "tests/unit/template.h"
#include "tests/unit/ulps.h"

extern const struct activation LG_SYMBOL(activation_sigmoid), LG_SYMBOL(activation_tanh);

static real apply(const struct activation *activation, real z)
{
    static const struct lg_options none;
    real h;
    activation->forward(&none, 1, &z, &h);
    return h;
}

static double sigmoid(double x)
{
    return (double)apply(&LG_SYMBOL(activation_sigmoid), (real)x);
}

static double tangent(double x)
{
    return (double)apply(&LG_SYMBOL(activation_tanh), (real)x);
}

TEMPLATE_TEST(activation_accuracy, tanh_keeps_the_sign_of_zero_and_is_odd)
{
    struct lg_pcg pcg = lg_pcg_seed(61, 1);
    for (int i = 0; i < 1000; i++) {
        const real z = awkward_real(&pcg) * (i % 2 ? 1 : 12);
        const real up = apply(&LG_SYMBOL(activation_tanh), z);
        const real down = -apply(&LG_SYMBOL(activation_tanh), -z);
        cr_assert(memcmp(&up, &down, sizeof up) == 0, "tanh(%a)", (double)z);
    }
}

#if LG_PRECISION == 64

/* Over 6 million random points: 2.33 (tanh) and 2.28 (sigmoid). */
TEMPLATE_TEST(activation_accuracy, f64_errors_are_below_their_bound)
{
    const struct worst of_tanh = worst_of("tanh", tangent),
                       of_sigmoid = worst_of("sigmoid", sigmoid);
    cr_assert(of_tanh.points > 500 && of_sigmoid.points > 500);
    cr_assert_leq(of_tanh.ulps, 2.5, "tanh is off by %.3f ulp at %a", of_tanh.ulps, of_tanh.x);
    cr_assert_leq(of_sigmoid.ulps, 2.5, "sigmoid is off by %.3f ulp at %a", of_sigmoid.ulps,
                  of_sigmoid.x);
}

#else

/* A float of any magnitude from 2^-30 to 2^7, sign and digits random. */
static float any_magnitude(struct lg_pcg *pcg)
{
    const uint32_t bits = (lg_pcg_next(pcg) & 0x807fffffu) | (97 + lg_pcg_below(pcg, 37)) << 23;
    float z;
    memcpy(&z, &bits, sizeof z);
    return z;
}

TEMPLATE_TEST(activation_accuracy, f32_results_are_correctly_rounded)
{
    struct lg_pcg pcg = lg_pcg_seed(62, 1);
    for (int i = 0; i < 100000; i++) {
        const float z = any_magnitude(&pcg);
        const float exact_sigmoid = (float)(1 / (1 + expl(-(long double)z)));
        const float exact_tanh = (float)tanhl((long double)z);
        cr_assert(sigmoid((double)z) == (double)exact_sigmoid, "sigmoid(%a) = %a, expected %a",
                  (double)z, sigmoid((double)z), (double)exact_sigmoid);
        cr_assert(tangent((double)z) == (double)exact_tanh, "tanh(%a) = %a, expected %a", (double)z,
                  tangent((double)z), (double)exact_tanh);
    }
}

/* Floats with 1/2 + z/4 half way between two floats: -z^3/48 decides, which f64 is
 * too short to hold beside 1/2, so the result is the neighbour nearer to 1/2. */
TEMPLATE_TEST(activation_accuracy, f32_sigmoid_decides_its_ties)
{
    for (int odd = 1; odd < 4000; odd += 2)
        for (int sign = -1; sign <= 1; sign += 2) {
            const double z = sign * odd * (sign > 0 ? 0x1p-23 : 0x1p-24);
            const float exact = (float)(0.5 + z / 4 - sign * 0x1p-30);
            cr_assert(sigmoid(z) == (double)exact, "sigmoid(%a) = %a, expected %a", z, sigmoid(z),
                      (double)exact);
        }
}

#endif
