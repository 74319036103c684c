#include "engine/activation/activation.h"
#include "engine/activation/gate.h"

#if LG_PRECISION == 80
static const accumulator LIMIT = 22800; /* e^-a is 0 from there on, whatever it is multiplied by */
#else
static const accumulator LIMIT = 1490;
#endif

/* e^-a and G(-a) over it, 1 / (1 + e^-a). */
static void logistic(struct gate *gate)
{
    for (size_t i = 0; i < gate->count; i++)
        gate->e[i] = -gate->a[i];
    gate_exponentials(gate);
    for (size_t i = 0; i < gate->count; i++)
        gate->share[i] = 1 / (1 + gate->e[i] * gate->second[i]);
}

/* G(-a) - a G'(a), G' = G (1 - G), over e^-a */
static void slope(struct gate *gate)
{
    static const struct crossing crossing = {
        0x1.474973c84120bp+0,
        0x1.f8d74bc9ac154p-54,
        {-0x1p+0, -0x1.be1410460527ep-4, 0x1.9072f0766563cp-5, -0x1.353eb573cbb58p-8,
         -0x1.8f0d828968962p-9, 0x1.20a572de95b9bp-10, 0x1.2f7e5e911427dp-16,
         -0x1.a2a7d4d09c8d5p-14, 0x1.5a2ef164d78d4p-16, 0x1.1293545c48841p-18,
         -0x1.6acadbcbcc9f9p-19, 0x1.f41fcd293b1d6p-23, 0x1.829898026fe25p-23},
    };
    for (size_t i = 0; i < gate->count; i++) {
        const accumulator a = gate->a[i], share = gate->share[i];
        gate->slope[i] = share * near_root(&crossing, a, 1 - a * share);
    }
}

static void forward(const struct lg_options *options, size_t n, const real *z, real *h)
{
    (void)options;
    for (size_t first = 0; first < n; first += GATE_BLOCK) {
        struct gate gate;
        gate_begin(&gate, n, z, first, LIMIT);
        logistic(&gate);
        gate_values(&gate, z + first, h + first);
    }
}

static void backward(const struct lg_options *options, size_t n, const real *z, const real *h,
                     const real *dh, real *dz)
{
    (void)options;
    (void)h;
    for (size_t first = 0; first < n; first += GATE_BLOCK) {
        struct gate gate;
        gate_begin(&gate, n, z, first, LIMIT);
        logistic(&gate);
        slope(&gate);
        gate_derivatives(&gate, z + first, dh + first, dz + first);
    }
}

const struct activation LG_SYMBOL(activation_silu) = {
    .info =
        {
            .name = "silu",
            .summary = "sigmoid linear unit, also called swish",
            .formula = "z / (1 + exp(-z))",
            .source = "D. Hendrycks, K. Gimpel, 2016, section 2, arXiv:1606.08415; S. Elfwing, E. "
                      "Uchibe, K. Doya, 2017, equation 9, arXiv:1702.03118",
        },
    .forward = forward,
    .backward = backward,
};
