#include "engine/activation/activation.h"
#include "engine/math/exact.h"
#include "engine/math/math.h"

enum { BETA, THRESHOLD };

/* beta z and what rounding takes from it: e^x has x times the relative error of x. */
static struct twofold scaled(accumulator beta, accumulator z)
{
    const bool is_huge = accumulator_abs(z) > 0x1p900;
    const struct twofold x =
        is_huge ? exact_product(beta * 0x1p200, z * 0x1p-200) : exact_product(beta, z);
    return (struct twofold){x.high, accumulator_abs(x.high) < 0x1p20 ? x.low : 0};
}

/* log(1 + e^x) / beta; far below 0 it is e^x / beta, of which e^x alone has fewer digits. */
static accumulator value(struct twofold x, accumulator beta)
{
    if (x.high < -100)
        return exp_times(x.high, (1 + x.low) / beta);
    const accumulator e = math_exp(x.high);
    return math_log1p(e + e * x.low) / beta;
}

/* dh e^x / (1 + e^x) */
static accumulator slope(struct twofold x, accumulator dh)
{
    if (x.high < -100)
        return exp_times(x.high, (1 + x.low) * dh);
    const accumulator rough = math_exp(x.high), e = rough + rough * x.low;
    return dh * (e / (1 + e));
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const accumulator beta = options->value[BETA], threshold = options->value[THRESHOLD];
    for (size_t i = 0; i < n; i++) {
        const struct twofold x = scaled(beta, (accumulator)z[i]);
        h[i] = x.high > threshold ? z[i] : (real)value(x, beta);
    }
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const accumulator beta = options->value[BETA], threshold = options->value[THRESHOLD];
    for (size_t i = 0; i < n; i++) {
        const struct twofold x = scaled(beta, (accumulator)z[i]);
        dz[i] = x.high > threshold ? dh[i] : (real)slope(x, (accumulator)dh[i]);
    }
}

static const struct lg_option options_table[] = {
    {.name = "beta",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .above_minimum = 1,
     .maximum = 1e30,
     .meaning = "sharpness of the bend"},
    {.name = "threshold",
     .kind = LG_OPTION_REAL,
     .default_value = 20,
     .minimum = 0,
     .maximum = 80,
     .meaning = "from beta z on, the identity"},
};

const struct activation LG_SYMBOL(activation_softplus) = {
    .info =
        {
            .name = "softplus",
            .summary = "a smooth rectifier",
            .formula = "log(1 + exp(beta z)) / beta; beyond the threshold: z",
            .source = "C. Dugas et al., Incorporating Second-Order Functional Knowledge for Better "
                      "Option Pricing, NIPS 2000",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .minimum = 0,
    .maximum = __builtin_inf(),
    .forward = forward,
    .backward = backward,
};
