#include "engine/activation/activation.h"

enum { SLOPE };

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const accumulator slope = options->value[SLOPE];
    for (size_t i = 0; i < n; i++)
        h[i] = z[i] > 0 ? z[i] : (real)(slope * (accumulator)z[i]);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const accumulator slope = options->value[SLOPE];
    for (size_t i = 0; i < n; i++)
        dz[i] = z[i] > 0 ? dh[i] : (real)(slope * (accumulator)dh[i]);
}

static const struct lg_option options_table[] = {
    {.name = "negative_slope",
     .kind = LG_OPTION_REAL,
     .default_value = 1e-2,
     .minimum = -1e30,
     .maximum = 1e30,
     .meaning = "derivative at 0 and below"},
};

const struct activation LG_SYMBOL(activation_leaky_relu) = {
    .info =
        {
            .name = "leaky_relu",
            .summary = "identity above zero, a small slope below",
            .formula = "z > 0: z; else negative_slope z",
            .source = "A. L. Maas, A. Y. Hannun, A. Y. Ng, Rectifier Nonlinearities Improve Neural "
                      "Network Acoustic Models, ICML 2013",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .forward = forward,
    .backward = backward,
};
