#include "engine/kernel/soft_fma.h"

#include <stdbool.h>

typedef unsigned __int128 u128;

static uint64_t bits_of(double x)
{
    uint64_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

static double from_bits(uint64_t bits)
{
    double x;
    memcpy(&x, &bits, sizeof x);
    return x;
}

float soft_fmaf(float a, float b, float c)
{
    const double product = (double)a * (double)b; /* exact: 24 + 24 <= 53 bits */
    const double addend = (double)c;
    const double sum = product + addend;
    /* Knuth's TwoSum: error is what the addition lost, exactly. */
    const double back = sum - product;
    const double error = (product - (sum - back)) + (addend - back);
    const uint64_t bits = bits_of(sum);
    const bool finite = (bits >> 52 & 0x7ff) != 0x7ff;
    if (finite && error != 0 && (bits & 1) == 0) {
        /* Round to odd: step to the neighbour on the side of the error. */
        const bool away = (error > 0) == (sum > 0);
        return (float)from_bits(away ? bits + 1 : bits - 1);
    }
    return (float)sum;
}

/* A finite non-zero double as (-1)^negative * mantissa * 2^exponent. */
struct parts {
    bool negative;
    int exponent;
    uint64_t mantissa;
};

static struct parts split(double x)
{
    const uint64_t bits = bits_of(x);
    const int field = (int)(bits >> 52 & 0x7ff);
    const uint64_t fraction = bits & 0xfffffffffffffu;
    return (struct parts){
        .negative = bits >> 63,
        .exponent = (field ? field : 1) - 1075,
        .mantissa = field ? fraction | 0x10000000000000u : fraction,
    };
}

static int bit_length(u128 x)
{
    const uint64_t high = (uint64_t)(x >> 64), low = (uint64_t)x;
    if (high)
        return 128 - __builtin_clzll(high);
    return low ? 64 - __builtin_clzll(low) : 0;
}

/* x >> shift with the lost bits gathered in the lowest (sticky). */
static u128 shift_right_sticky(u128 x, int shift)
{
    if (shift <= 0)
        return x;
    if (shift >= 128)
        return x != 0;
    return x >> shift | ((x & (((u128)1 << shift) - 1)) != 0);
}

/* Round (-1)^negative * x * 2^exponent to nearest even. The lowest bit of x may
 * be sticky as long as x has at least 56 bits. */
static double round_to_double(bool negative, u128 x, int exponent)
{
    const uint64_t sign = (uint64_t)negative << 63;
    int drop = bit_length(x) - 53;
    if (exponent + drop < -1074)
        drop = -1074 - exponent; /* subnormal: fewer bits are kept */
    if (drop >= 128)
        return from_bits(sign); /* below half of the smallest subnormal */
    if (drop > 0) {
        const u128 kept = x >> drop, lost = x - (kept << drop), half = (u128)1 << (drop - 1);
        x = kept + (lost > half || (lost == half && (kept & 1)));
        exponent += drop;
    }
    if (bit_length(x) == 54) { /* rounding carried */
        x >>= 1;
        exponent += 1;
    }
    int up = 53 - bit_length(x);
    if (up > exponent + 1074)
        up = exponent + 1074;
    if (up > 0) {
        x <<= up;
        exponent -= up;
    }
    if (bit_length(x) < 53)
        return from_bits(sign | (uint64_t)x); /* subnormal or zero */
    if (exponent > 971)
        return from_bits(sign | 0x7ff0000000000000u);
    return from_bits(sign | (uint64_t)(exponent + 1075) << 52 | ((uint64_t)x & 0xfffffffffffffu));
}

double soft_fma(double a, double b, double c)
{
    const uint64_t infinity = 0x7ff0000000000000u, magnitude = ~((uint64_t)1 << 63);
    /* Zeros, infinities and NaN: ordinary arithmetic is exact or special. */
    if (a == 0 || b == 0 || (bits_of(a) & magnitude) >= infinity ||
        (bits_of(b) & magnitude) >= infinity || (bits_of(c) & magnitude) >= infinity) {
        if ((bits_of(a) & magnitude) < infinity && (bits_of(b) & magnitude) < infinity &&
            (bits_of(c) & magnitude) == infinity)
            return c; /* the finite product must not overflow into a NaN */
        return a * b + c;
    }
    const struct parts pa = split(a), pb = split(b);
    const bool product_negative = pa.negative != pb.negative;
    u128 product = (u128)pa.mantissa * pb.mantissa; /* at most 106 bits */
    int exponent = pa.exponent + pb.exponent;
    if (c == 0)
        return round_to_double(product_negative, product, exponent);
    const struct parts pc = split(c);
    u128 addend = pc.mantissa;
    int addend_exponent = pc.exponent;
    /* Bring both to the top (126 bits at most, so that a sum fits), then shift
     * the lower one down; what it loses only matters as sticky. */
    const int product_shift = 126 - bit_length(product);
    const int addend_shift = 126 - bit_length(addend);
    product <<= product_shift;
    exponent -= product_shift;
    addend <<= addend_shift;
    addend_exponent -= addend_shift;
    if (exponent >= addend_exponent) {
        addend = shift_right_sticky(addend, exponent - addend_exponent);
    } else {
        product = shift_right_sticky(product, addend_exponent - exponent);
        exponent = addend_exponent;
    }
    if (product_negative == pc.negative)
        return round_to_double(product_negative, product + addend, exponent);
    if (product == addend)
        return 0.0;
    if (product > addend)
        return round_to_double(product_negative, product - addend, exponent);
    return round_to_double(pc.negative, addend - product, exponent);
}
