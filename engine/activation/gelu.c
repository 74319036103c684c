#include "engine/activation/activation.h"
#include "engine/activation/gate.h"

enum { APPROXIMATE };
enum { NONE, TANH };
static const char *const approximations[] = {"none", "tanh", NULL};

#if LG_PRECISION == 80
static const accumulator LIMIT = 160, LIMIT_TANH = 68; /* the exponential is 0 from there on */
#else
static const accumulator LIMIT = 39, LIMIT_TANH = 27.25;
#endif

static const accumulator ROOT_HALF =
    (accumulator)0x1.6a09e667f3bcc908b2fb1366ea95p-1L; /* sqrt(1 / 2) */
static const accumulator ROOT_1_OVER_TWO_PI =
    (accumulator)0x1.9884533d436508d0fcb3c500bab9p-2L; /* sqrt(1 / (2 pi)) */

/* ---- G is the normal distribution -------------------------------------------- */

/* e^(-a^2 / 2) and G(-a) over it, erfc(a / sqrt(2)) e^(a^2 / 2) / 2. */
static void normal(struct gate *gate)
{
    accumulator low[GATE_BLOCK];
    for (size_t i = 0; i < gate->count; i++) {
        const struct twofold square = exact_product(gate->a[i], gate->a[i]);
        gate->e[i] = -0.5 * square.high;
        low[i] = 1 - 0.5 * square.low;
        gate->share[i] = gate->a[i] * ROOT_HALF;
    }
    gate_exponentials(gate);
    math_erfcx_all(gate->share, gate->share, gate->count);
    for (size_t i = 0; i < gate->count; i++) {
        gate->share[i] *= where(gate->a[i] == LIMIT, 0, 0.5);
        gate->e[i] *= low[i];
    }
}

/* (G(-a) - a G'(a)) / e^(-a^2 / 2) */
static void normal_slope(struct gate *gate)
{
    static const struct crossing crossing = {
        0x1.80ead197f00b4p-1,
        -0x1.13e74c58cada8p-56,
        {-0x1.25126c154319p-1, 0x1.5b297ebb9a526p-4, -0x1.2bad2862a3fdep-5, 0x1.d507ae5ca8202p-7,
         -0x1.526fe74d6cf07p-8, 0x1.c7c02507d6f9ap-10, -0x1.20e4236ffc557p-11,
         0x1.5b285ca995c93p-13, -0x1.8d96b756b5b25p-15, 0x1.b3dd0cc3c1cf6p-17,
         -0x1.cb1f5e29fe7fp-19, 0x1.d7ada23b1b7dep-21, -0x1.ce65d923eabc3p-23},
    };
    for (size_t i = 0; i < gate->count; i++) {
        const accumulator a = gate->a[i];
        const accumulator density = where(a == LIMIT, 0, a * ROOT_1_OVER_TWO_PI);
        gate->slope[i] = near_root(&crossing, a, gate->share[i] - density);
    }
}

/* ---- G is (1 + tanh(u)) / 2 = 1 / (1 + e^(-2 u)) ------------------------------ */

/* 2 u = a (C1 + C2 a^2), C1 = sqrt(8 / pi), C2 = 0.044715 C1, the constants to twice the
 * digits. */
#if LG_PRECISION != 80
static const struct twofold C1 = {0x1.9884533d43651p+0, -0x1.cbc0d30ebfd15p-54};
static const struct twofold C2 = {0x1.2444f2a4d8b4bp-4, -0x1.6c843a29d1c7p-61};
#else
static const struct twofold C1 = {0x1.9884533d436508d0fcb3c500bab9p+0L, 0};
static const struct twofold C2 = {0.044715L * 0x1.9884533d436508d0fcb3c500bab9p+0L, 0};
#endif

static void logistic(struct gate *gate)
{
    accumulator low[GATE_BLOCK];
    for (size_t i = 0; i < gate->count; i++) {
        const struct twofold a = {gate->a[i], 0};
        const struct twofold square = exact_product(a.high, a.high);
        const struct twofold u = twofold_product(a, twofold_sum(C1, twofold_product(C2, square)));
        gate->e[i] = -u.high;
        low[i] = 1 - u.low;
    }
    gate_exponentials(gate);
    for (size_t i = 0; i < gate->count; i++) {
        gate->e[i] *= low[i];
        gate->share[i] = 1 / (1 + gate->e[i] * gate->second[i]);
    }
}

/* G(-a) - a G'(a), G' = G (1 - G) (2 u)', over e^(-2 u) */
static void logistic_slope(struct gate *gate)
{
    static const struct crossing crossing = {
        0x1.81429f9e97e4dp-1,
        -0x1.4f523ed77dbdcp-55,
        {-0x1.e793cee4ce5ccp+0, -0x1.a1f47f811222cp-1, -0x1.f8ab559f9060ep-5, 0x1.303aae0a09672p-9,
         -0x1.4e69bef93a6edp-7, -0x1.c8644f49783cbp-10, 0x1.b950466f7884ap-11,
         0x1.838f920ecf78ap-12, -0x1.2ea37950658d7p-14, -0x1.1e377e6df4008p-14,
         0x1.c3085c8b43477p-17, 0x1.4166f218f5203p-17, -0x1.6d6ffda996b4p-19},
    };
    for (size_t i = 0; i < gate->count; i++) {
        const accumulator a = gate->a[i], rise = C1.high + 3 * C2.high * (a * a);
        gate->slope[i] = gate->share[i] * near_root(&crossing, a, 1 - a * rise * gate->share[i]);
    }
}

/* ---- Both --------------------------------------------------------------------- */

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    const bool exact = options->value[APPROXIMATE] == NONE;
    for (size_t first = 0; first < n; first += GATE_BLOCK) {
        struct gate gate;
        gate_begin(&gate, n, z, first, exact ? LIMIT : LIMIT_TANH);
        if (exact)
            normal(&gate);
        else
            logistic(&gate);
        gate_values(&gate, z + first, h + first);
    }
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)h;
    const bool exact = options->value[APPROXIMATE] == NONE;
    for (size_t first = 0; first < n; first += GATE_BLOCK) {
        struct gate gate;
        gate_begin(&gate, n, z, first, exact ? LIMIT : LIMIT_TANH);
        if (exact) {
            normal(&gate);
            normal_slope(&gate);
        } else {
            logistic(&gate);
            logistic_slope(&gate);
        }
        gate_derivatives(&gate, z + first, dh + first, dz + first);
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
