#include "engine/activation/activation.h"
#include "engine/math/math.h"

enum { APPROXIMATE };
enum { NONE, TANH };
static const char *const approximations[] = {"none", "tanh", NULL};

static const wide ROOT_HALF = (wide)0x1.6a09e667f3bcc908b2fb1366ea95p-1L;      /* sqrt(1 / 2) */
static const wide ROOT_2_OVER_PI = (wide)0x1.9884533d436508d0fcb3c500bab9p-1L; /* sqrt(2 / pi) */
static const wide ROOT_1_OVER_TWO_PI =
    (wide)0x1.9884533d436508d0fcb3c500bab9p-2L; /* sqrt(1 / (2 pi)) */
static const wide CUBE = 0.044715;

static wide cdf(wide z)
{
    return 0.5 * (1 + math_erf(z * ROOT_HALF));
}

static wide cdf_by_tanh(wide z)
{
    return 0.5 * (1 + math_tanh(ROOT_2_OVER_PI * (z + CUBE * z * z * z)));
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const bool exact = options->value[APPROXIMATE] == NONE;
    for (size_t i = 0; i < n; i++) {
        const wide x = (wide)z[i];
        h[i] = (real)(x * (exact ? cdf(x) : cdf_by_tanh(x)));
    }
}

/* z times the derivative of what forward() multiplies z by. */
static wide slope(wide z)
{
    return z * ROOT_1_OVER_TWO_PI * math_exp(-0.5 * z * z);
}

static wide slope_by_tanh(wide z)
{
    const wide t = math_tanh(ROOT_2_OVER_PI * (z + CUBE * z * z * z));
    const wide rest = 1 - t * t; /* 0 before z * z overflows */
    return rest == 0 ? 0 : 0.5 * z * rest * ROOT_2_OVER_PI * (1 + 3 * CUBE * z * z);
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const bool exact = options->value[APPROXIMATE] == NONE;
    for (size_t i = 0; i < n; i++) {
        const wide x = (wide)z[i];
        dz[i] = dh[i] * (real)(exact ? cdf(x) + slope(x) : cdf_by_tanh(x) + slope_by_tanh(x));
    }
}

static const struct lg_option options_table[] = {
    {.name = "approximate",
     .kind = LG_OPTION_CHOICE,
     .maximum = 1,
     .choices = approximations,
     .meaning = "the normal distribution by erf (none) or by tanh"},
};

const struct activation LG_SYMBOL(activation_gelu) = {
    .info =
        {
            .name = "gelu",
            .summary = "the input times its normal distribution",
            .formula = "z Phi(z); tanh: z (1 + tanh(sqrt(2 / pi) (z + 0.044715 z^3))) / 2",
            .source = "D. Hendrycks, K. Gimpel, 2016, section 2, arXiv:1606.08415",
            .options = options_table,
            .option_count = sizeof options_table / sizeof *options_table,
        },
    .forward = forward,
    .backward = backward,
};
