#include "engine/base/real.h"

#if LG_PRECISION != 80 /* it has reference.c */

#include "engine/math/exact.h"
#include "engine/math/math.h"
#include "engine/math/parts.h"

/* erf(x) / x - 1 as a polynomial of x^2 for |x| <= 1, off by less than 2^-62. */
ALWAYS_INLINE double near_zero(double x)
{
    static const double near[] = {
        0x1.06eba8214db69p-3,   -0x1.812746b0379e6p-2,  0x1.ce2f21a042b3p-4,
        -0x1.b82ce31284ep-6,    0x1.565bcd0dbaa38p-8,   -0x1.c02db3dac435fp-11,
        0x1.f9a321d5b8e1ep-14,  -0x1.f4d1e3183f7aep-17, 0x1.b9df224ca4b97p-20,
        -0x1.5f1ecb6f0764cp-23, 0x1.f7b4bf3b13964p-27,  -0x1.389d4f2641625p-30,
        0x1.05ffd737fb32ep-34,
    };
    return x + x * polynomial(near, 13, x * x);
}

/* 1 - erf(x) for 1 <= x < 6: a polynomial around the middle of each half, off by
 * less than 2^-58. */
static double complement(double x)
{
    static const double far[10][14] = {
        {
            0x1.3bcd133aa0ffcp-4,
            -0x1.e4652fadcb6b2p-3,
            0x1.2ebf3dcc9f20cp-2,
            -0x1.571d01c5c576p-3,
            0x1.93a9a7bc0b1e3p-8,
            0x1.8281ce0b5d725p-5,
            -0x1.5d0003bca14e9p-6,
            -0x1.db43ca6554e5ap-9,
            0x1.75673665077ebp-8,
            -0x1.cc21a7ad7d28ap-11,
            -0x1.a00e53b92bb61p-11,
            0x1.539192b8c3af5p-12,
            0x1.bf9b444167ad4p-15,
            -0x1.c8ae910f36d87p-15,
        },
        {
            0x1.b4be201caa4b5p-7,
            -0x1.b055303221016p-5,
            0x1.7a4a8a2bdcd23p-4,
            -0x1.7148c3d57c26ep-4,
            0x1.8a0da5432404dp-5,
            -0x1.b22257dda5c39p-8,
            -0x1.25b378f60f46ap-7,
            0x1.8d10fba945f4bp-8,
            -0x1.7ec151a1076fbp-11,
            -0x1.d4cf632c29957p-11,
            0x1.d02a7143f3b62p-12,
            0x1.717f97218bc12p-18,
            -0x1.1bc3fac33ba5cp-14,
            0x1.1d7248362f9a5p-16,
        },
        {
            0x1.7f713f9cc977dp-10,
            -0x1.d4143a9dfe964p-8,
            0x1.074b60f8df6p-6,
            -0x1.63ef61e8244dp-6,
            0x1.38a983275d90ap-6,
            -0x1.5d3b17bbcb923p-7,
            0x1.7cae0dc8354c7p-9,
            0x1.5f8313369b94p-11,
            -0x1.060311ded2fadp-10,
            0x1.8352faf51808cp-12,
            0x1.82e4f2dfc26d5p-17,
            -0x1.11430333dd2cep-14,
            0x1.702bdc9e51f47p-16,
            0x1.971515026dcb1p-20,
        },
        {
            0x1.a609f7584d349p-14,
            -0x1.3360ccd23db3ap-11,
            0x1.a6a519a1141fcp-10,
            -0x1.69cf466ccdf6ap-9,
            0x1.ab0c273b1e09dp-9,
            -0x1.69359606645b3p-9,
            0x1.b2755bb8a9513p-10,
            -0x1.52b6263fbd742p-11,
            0x1.7558373217ba9p-14,
            0x1.2abb3d9b15bcp-14,
            -0x1.cd7d4fcafc3fp-15,
            0x1.09d0591ac5944p-16,
            0x1.5468e85e2ac53p-20,
            -0x1.68a9225d22a6dp-19,
        },
        {
            0x1.20c1303550f0fp-18,
            -0x1.e9b5e8d00ce8p-16,
            0x1.8de3cd290a73dp-14,
            -0x1.9aa489e3ca63dp-13,
            0x1.2c7d5ef055e79p-12,
            -0x1.490a4d2345c9dp-12,
            0x1.145464e9779c6p-12,
            -0x1.647f71f2bfb67p-13,
            0x1.56747a3658eefp-14,
            -0x1.b2c35b1c8c428p-16,
            0x1.3892597fae0ep-19,
            0x1.809bd02211cc8p-19,
            -0x1.ff2f44a582fbfp-20,
            0x1.1e7cc89ce34dfp-21,
        },
        {
            0x1.e87470e4f3c82p-24,
            -0x1.d9371e2ff7bf9p-21,
            0x1.bba3ac4d09ef3p-19,
            -0x1.0b6a7b0f1cc93p-17,
            0x1.d06f585c2a096p-17,
            -0x1.3436bc9f0bfd4p-16,
            0x1.4357b6283bdc8p-16,
            -0x1.110de4e13c93dp-16,
            0x1.756673518e649p-17,
            -0x1.99f593d6ebea4p-18,
            0x1.5d84b7ace6496p-19,
            -0x1.a06761d95439fp-21,
            0x1.5af853fcc44f9p-24,
            0x1.037beec04147dp-24,
        },
        {
            0x1.fcae93fb74b25p-30,
            -0x1.155a09065d4b8p-26,
            0x1.26afa9969cfe5p-24,
            -0x1.95ea6fdffe3e1p-23,
            0x1.96ba73704b1cdp-22,
            -0x1.3b468018fcb3p-21,
            0x1.8868e007d1663p-21,
            -0x1.916e9278424b6p-21,
            0x1.566f53e2e3d29p-21,
            -0x1.eab4cd71f6037p-22,
            0x1.274995d04577p-22,
            -0x1.27de23e0bfae1p-23,
            0x1.e5c991e5e2c8bp-25,
            -0x1.2496c69a00a91p-26,
        },
        {
            0x1.453141083f027p-36,
            -0x1.8a61745ec8f2p-33,
            0x1.d453ba2b3161ap-31,
            -0x1.6a8aeba4080a2p-29,
            0x1.9b017b676396bp-28,
            -0x1.6b43c96e96861p-27,
            0x1.042f1a55895f4p-26,
            -0x1.35dc7dedbca55p-26,
            0x1.3837c2aa9a457p-26,
            -0x1.0d4de0d7704f3p-26,
            0x1.9023c176e7847p-27,
            -0x1.01b972fdd330ap-27,
            0x1.2b16d7ad70ecp-28,
            -0x1.19bad55fa1f3bp-29,
        },
        {
            0x1.fd5f08ae95c25p-44,
            -0x1.5422ef5d93bf3p-40,
            0x1.be6dda0811a22p-38,
            -0x1.7f8a0f3a22a32p-36,
            0x1.e4cb4f4016672p-35,
            -0x1.e044b4eb32629p-34,
            0x1.83e9e3bb0bf59p-33,
            -0x1.065940b2186f7p-32,
            0x1.2ece90764a656p-32,
            -0x1.2e3ca696517a6p-32,
            0x1.06a8f54ec88c1p-32,
            -0x1.935d883f87f62p-33,
            0x1.254b061ef2857p-33,
            -0x1.5a5a77795b393p-34,
        },
        {
            0x1.e7eea035c92c5p-52,
            -0x1.63daf8b4f56dfp-48,
            0x1.ff8ac4cc9348p-46,
            -0x1.e2d06d55f8efbp-44,
            0x1.505da0a5a71fap-42,
            -0x1.70b70451091d2p-41,
            0x1.4aec562c51252p-40,
            -0x1.f3c4f7d4b2dfbp-40,
            0x1.43d985e0ceaf4p-39,
            -0x1.6d26b2b537a5ep-39,
            0x1.681576291af3dp-39,
            -0x1.3dc604ba24573p-39,
            0x1.145fb31cc77cap-39,
            -0x1.7ec7f88c56bb2p-40,
        },
    };
    const int half = (int)(2 * x);
    return polynomial(far[half - 2], 14, x - (half * 0.5 + 0.25));
}

double math_erf(double x)
{
    const double magnitude = __builtin_fabs(x);
    if (x != x)
        return x;
    if (magnitude < 1)
        return near_zero(x);
    const double y = magnitude < 6 ? 1 - complement(magnitude) : 1;
    return x < 0 ? -y : y;
}

/* The polynomial near zero for all, then the others again one by one: their tables
 * differ, and gathering coefficients takes as long as they do. */
void math_erf_all(double *y, const double *x, size_t n)
{
    for (size_t first = 0; first < n; first += EACH_BLOCK) {
        double in[EACH_BLOCK];
        const size_t count = n - first < EACH_BLOCK ? n - first : EACH_BLOCK;
        memcpy(in, x + first, count * sizeof *x); /* y may be x */
        each_double(near_zero, y + first, in, count);
        for (size_t i = 0; i < count; i++)
            if (!(__builtin_fabs(in[i]) < 1))
                y[first + i] = math_erf(in[i]);
    }
}

/* (1 + 2 x) e^(x^2) (1 - erf(x)) as a polynomial of (x - 4) / (x + 4), which takes 0 to -1
 * and 28 to 3/4; off by less than 2^-60. One polynomial for all x: no table to gather from.
 * After M. M. Shepherd and J. G. Laframboise, Chebyshev approximation of (1 + 2 x) exp(x^2)
 * erfc x in 0 <= x < infinity, 1981, doi:10.1090/S0025-5718-1981-0595058-X. */
ALWAYS_INLINE double erfcx_of(double x)
{
    static const double scaled[] = {
        0x1.3ba5916e9fd7fp+0,  -0x1.1df1ad154a28fp-3,  0x1.f7f5df66fd7e6p-7,
        0x1.16ecefcfa54p-4,    -0x1.9ddb23c3e924bp-4,  0x1.7fee004e113ap-4,
        -0x1.0fb06dfe46db3p-4, 0x1.3079edf6ae2ebp-5,   -0x1.09623885955c8p-6,
        0x1.49c6727714f22p-8,  -0x1.8d4a996717f16p-11, -0x1.a1df1879570cbp-13,
        0x1.3be033841dfc4p-13, -0x1.995b13f6b0a3fp-16, -0x1.7882d18e29e35p-17,
        0x1.7f3e45c1e5061p-18, 0x1.3926a52c331a6p-22,  -0x1.bc665b637787p-21,
        0x1.4adcd53cbbc96p-24, 0x1.e689355383b88p-24,  -0x1.483e5f2f13f5cp-26,
        -0x1.1d56405fb00cp-26, 0x1.cfaa94405e761p-30,  0x1.210c970eb46d4p-29,
        0x1.401609bf915e2p-32,
    };
    return polynomial(scaled, 25, (x - 4) / (x + 4)) / (1 + 2 * x);
}

/* e^(-x^2) by the square to twice the digits, in two steps where it is very small, so that
 * what it is multiplied by comes before the result loses digits. */
ALWAYS_INLINE double erfc_of(double x)
{
    const double magnitude = __builtin_fabs(x), near = where(magnitude > 28, 28, magnitude);
    const struct twofold square = exact_product(near, near);
    const int is_far = near > 24;
    const double e = math_exp(where(is_far, -0.5 * square.high, -square.high));
    const double scaled = erfcx_of(near);
    const double y = (scaled - scaled * square.low) * e * where(is_far, e, 1);
    return where(x != x, x, where(x < 0, 2 - y, y));
}

double math_erfcx(double x)
{
    return erfcx_of(x);
}

void math_erfcx_all(double *y, const double *x, size_t n)
{
    each_double(erfcx_of, y, x, n);
}

double math_erfc(double x)
{
    return erfc_of(x);
}

real real_erf(real x)
{
    return (real)math_erf((double)x);
}

void real_erf_all(real *y, const real *x, size_t n)
{
    enum { BLOCK = 8 * EACH_BLOCK };
    for (size_t first = 0; first < n; first += BLOCK) {
        double block[BLOCK];
        const size_t count = n - first < BLOCK ? n - first : BLOCK;
        for (size_t i = 0; i < count; i++)
            block[i] = (double)x[first + i];
        math_erf_all(block, block, count);
        for (size_t i = 0; i < count; i++)
            y[first + i] = (real)block[i];
    }
}

#endif
