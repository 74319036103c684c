#include "engine/activation/activation.h"
#include "engine/math/math.h"

enum { ALPHA };

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const accumulator alpha = options->value[ALPHA];
    for (size_t i = 0; i < n; i++)
        h[i] = z[i] > 0 ? z[i] : (real)(alpha * math_expm1((accumulator)z[i]));
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const accumulator alpha = options->value[ALPHA];
    for (size_t i = 0; i < n; i++)
        dz[i] = z[i] > 0 ? dh[i] : (real)exp_times((accumulator)z[i], alpha * (accumulator)dh[i]);
}

static const struct lg_option options_table[] = {
    {.name = "alpha",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = 0,
     .maximum = 1e30,
     .meaning = "minus the limit far below zero"},
};

const struct activation LG_SYMBOL(activation_elu) = {
    .info =
        {
            .name = "elu",
            .summary = "exponential linear unit",
            .formula = "z > 0: z; else alpha (exp(z) - 1)",
            .source =
                "D.-A. Clevert, T. Unterthiner, S. Hochreiter, 2015, equation 15, arXiv:1511.07289",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .forward = forward,
    .backward = backward,
};
