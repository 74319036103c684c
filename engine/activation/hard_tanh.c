#include "engine/activation/activation.h"

enum { LOW, HIGH };

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const accumulator low = options->value[LOW], high = options->value[HIGH];
    for (size_t i = 0; i < n; i++)
        h[i] = (accumulator)z[i] < low ? (real)low : (accumulator)z[i] > high ? (real)high : z[i];
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const accumulator low = options->value[LOW], high = options->value[HIGH];
    for (size_t i = 0; i < n; i++)
        dz[i] = (accumulator)z[i] > low && (accumulator)z[i] < high ? dh[i] : 0;
}

static const struct lg_option options_table[] = {
    {.name = "min_val",
     .kind = LG_OPTION_REAL,
     .default_value = -1,
     .minimum = -1e30,
     .maximum = 1e30,
     .meaning = "least output"},
    {.name = "max_val",
     .kind = LG_OPTION_REAL,
     .default_value = 1,
     .minimum = -1e30,
     .maximum = 1e30,
     .meaning = "largest output"},
};

const struct activation LG_SYMBOL(activation_hard_tanh) = {
    .info =
        {
            .name = "hard_tanh",
            .summary = "the identity between two limits; derivative 0 at and beyond them",
            .formula = "z < min_val: min_val; z > max_val: max_val; else z",
            .source = "R. Collobert, Large Scale Machine Learning, thesis, Universite Paris VI, "
                      "2004; as HardTanh in Torch7, Hardtanh in PyTorch",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .forward = forward,
    .backward = backward,
};
