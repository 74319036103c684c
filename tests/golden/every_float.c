/* Proves that the f32 sigmoid and tanh are correctly rounded for every one of the
 * 2^32 floats, against MPFR (libmpfr-dev). Some minutes on one core. From the top of
 * the repository, after `make`:
 *   gcc -std=c17 -O2 -I. tests/golden/every_float.c build/obj/release/liblossgrid.a \
 *       -lmpfr -lgmp -lcrypto -lz -lm -o every_float
 *   ./every_float
 *
 * The C library's long double functions give the expected float wherever an error of
 * 2^-58, many times theirs, cannot change it; MPFR decides the others. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mpfr.h>

#define LG_PRECISION 32
#define LG_ISA       generic
#include "engine/activation/activation.h"

extern const struct activation LG_SYMBOL(activation_sigmoid), LG_SYMBOL(activation_tanh);

struct function {
    const struct activation *activation;
    long double (*close)(long double x);
    void (*exact)(mpfr_t y, const mpfr_t x);
    float flat;      /* below it in magnitude: at_zero, or x itself */
    float low, high; /* below and above them: the limits */
    float at_zero, below, above;
};

static long double close_sigmoid(long double x)
{
    return 1 / (1 + expl(-x));
}

static void exact_sigmoid(mpfr_t y, const mpfr_t x)
{
    mpfr_neg(y, x, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    mpfr_add_ui(y, y, 1, MPFR_RNDN);
    mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

static void exact_tanh(mpfr_t y, const mpfr_t x)
{
    mpfr_tanh(y, x, MPFR_RNDN);
}

/* Flat parts by hand. |x| < 2^-25 moves sigmoid by less than half of 1/2's last
 * place on either side, and |x| < 2^-13 leaves x^3/3 below half of x's; beyond the
 * limits the rest is below half of 1's last place, or of the smallest float. */
static const struct function functions[] = {
    {&LG_SYMBOL(activation_sigmoid), close_sigmoid, exact_sigmoid, 0x1p-25f, -104, 18, 0.5f, 0, 1},
    {&LG_SYMBOL(activation_tanh), tanhl, exact_tanh, 0x1p-13f, -10, 10, NAN, -1, 1},
};

static float decided(const struct function *function, float x)
{
    mpfr_t in, out;
    mpfr_init2(in, 24);
    mpfr_init2(out, 200);
    mpfr_set_flt(in, x, MPFR_RNDN);
    function->exact(out, in);
    const float y = mpfr_get_flt(out, MPFR_RNDN);
    mpfr_clear(in);
    mpfr_clear(out);
    return y;
}

static float expected(const struct function *function, float x)
{
    if (fabsf(x) < function->flat)
        return isnan(function->at_zero) ? x : function->at_zero;
    if (x < function->low)
        return function->below;
    if (x > function->high)
        return function->above;
    const long double y = function->close(x);
    const float down = (float)(y * (1 - 0x1p-58L)), up = (float)(y * (1 + 0x1p-58L));
    return down == up ? down : decided(function, x);
}

static unsigned long check(const struct function *function)
{
    enum { BLOCK = 4096 };
    static float x[BLOCK], y[BLOCK];
    unsigned long wrong = 0;
    for (uint64_t first = 0; first < UINT64_C(1) << 32; first += BLOCK) {
        for (uint32_t i = 0; i < BLOCK; i++) {
            const uint32_t bits = (uint32_t)first + i;
            memcpy(&x[i], &bits, sizeof bits);
        }
        function->activation->forward(NULL, BLOCK, x, y);
        for (int i = 0; i < BLOCK; i++) {
            if (x[i] != x[i] ? y[i] != y[i] : y[i] == expected(function, x[i]))
                continue;
            if (wrong++ < 10)
                printf("%s(%a) = %a, expected %a\n", function->activation->info.name, (double)x[i],
                       (double)y[i], (double)expected(function, x[i]));
        }
    }
    printf("%s: %lu of 2^32 results are wrong\n", function->activation->info.name, wrong);
    return wrong;
}

int main(void)
{
    unsigned long wrong = 0;
    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        wrong += check(&functions[i]);
    mpfr_free_cache();
    return wrong != 0;
}
