#include "engine/activation/activation.h"
#include "engine/math/math.h"

enum { BETA, THRESHOLD };

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const real beta = (real)options->value[BETA], threshold = (real)options->value[THRESHOLD];
    for (size_t i = 0; i < n; i++)
        h[i] = beta * z[i] > threshold ? z[i] : real_log1p(real_exp(beta * z[i])) / beta;
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const real beta = (real)options->value[BETA], threshold = (real)options->value[THRESHOLD];
    for (size_t i = 0; i < n; i++) {
        const real e = beta * z[i] > threshold ? 0 : real_exp(beta * z[i]);
        dz[i] = beta * z[i] > threshold ? dh[i] : dh[i] * (e / (1 + e));
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
