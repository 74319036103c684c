/* Proves that the f32 functions of engine/math and the sigmoid are correctly rounded
 * for every one of the 2^32 floats, against MPFR (libmpfr-dev). `make prove-math`
 * builds and runs it, a process per function; with no name it takes them all in turn.
 *
 * The C library's long double functions give the expected float wherever an error of
 * 2^-58, many times theirs, cannot change it; MPFR decides the others. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include <mpfr.h>

#define LG_PRECISION 32
#define LG_ISA       generic
#include "engine/activation/activation.h"
#include "engine/math/math.h"

_Static_assert(LDBL_MANT_DIG >= 64, "the C library must know more digits than f64");

extern const struct activation LG_SYMBOL(activation_sigmoid);

struct function {
    const char *name;
    void (*computed)(float *y, const float *x, size_t n); /* as training calls it */
    long double (*close)(long double x);
    int (*exact)(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding);
    float flat;      /* below it in magnitude: at_zero, or x itself */
    float low, high; /* below and above them: the limits */
    float at_zero, below, above;
};

static void sigmoid(float *y, const float *x, size_t n)
{
    LG_SYMBOL(activation_sigmoid).forward(NULL, n, x, y);
}

static long double close_sigmoid(long double x)
{
    return 1 / (1 + expl(-x));
}

static int exact_sigmoid(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding)
{
    mpfr_neg(y, x, rounding);
    mpfr_exp(y, y, rounding);
    mpfr_add_ui(y, y, 1, rounding);
    return mpfr_ui_div(y, 1, y, rounding);
}

/* Flat parts by hand. Below `flat` the next term of the series is below half of the
 * first one's last place: x beside 1 (exp), x/4 beside 1/2 (sigmoid), x^2/2 beside x
 * (expm1, log1p), x^3/3 beside x (tanh). Beyond the limits the rest is below half of
 * 1's last place, or of the smallest float; or no number is large enough. */
static const struct function functions[] = {
    {"exp", real_exp_all, expl, mpfr_exp, 0x1p-25f, -104, 89, 1, 0, INFINITY},
    {"expm1", real_expm1_all, expm1l, mpfr_expm1, 0x1p-25f, -18, 89, NAN, -1, INFINITY},
    {"log", real_log_all, logl, mpfr_log, 0, 0, FLT_MAX, NAN, NAN, INFINITY},
    {"log1p", real_log1p_all, log1pl, mpfr_log1p, 0x1p-25f, -1, FLT_MAX, NAN, NAN, INFINITY},
    {"tanh", real_tanh_all, tanhl, mpfr_tanh, 0x1p-13f, -10, 10, NAN, -1, 1},
    {"erf", real_erf_all, erfl, mpfr_erf, 0, -4, 4, NAN, -1, 1},
    {"sigmoid", sigmoid, close_sigmoid, exact_sigmoid, 0x1p-25f, -104, 18, 0.5f, 0, 1},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions, BLOCK = 1024 };

static float decided(const struct function *function, float x)
{
    mpfr_t in, out;
    mpfr_init2(in, 24);
    mpfr_init2(out, 200);
    mpfr_set_flt(in, x, MPFR_RNDN);
    function->exact(out, in, MPFR_RNDN);
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

/* The same number, zero's sign included; NaNs are all the same. */
static int is_same(float a, float b)
{
    return a != a ? b != b : memcmp(&a, &b, sizeof a) == 0;
}

/* Of the BLOCK floats from these bits on, how many come out wrong. */
static unsigned long check_block(const struct function *function, uint32_t first)
{
    float x[BLOCK], y[BLOCK];
    unsigned long wrong = 0;
    for (uint32_t i = 0; i < BLOCK; i++) {
        const uint32_t bits = first + i;
        memcpy(&x[i], &bits, sizeof *x);
    }
    function->computed(y, x, BLOCK);
    for (size_t i = 0; i < BLOCK; i++) {
        const float right = x[i] != x[i] ? x[i] : expected(function, x[i]);
        if (!is_same(y[i], right) && wrong++ < 10)
            printf("%s(%a) = %a, expected %a\n", function->name, (double)x[i], (double)y[i],
                   (double)right);
    }
    return wrong;
}

static unsigned long check(const struct function *function)
{
    const time_t start = time(NULL);
    unsigned long wrong = 0;
    for (uint64_t first = 0; first < UINT64_C(1) << 32; first += BLOCK)
        wrong += check_block(function, (uint32_t)first);
    printf("%s: 4294967296 inputs, %lu wrong, %.0f s\n", function->name, wrong,
           difftime(time(NULL), start));
    mpfr_free_cache();
    return wrong;
}

static int is_chosen(const char *name, int argc, char **argv)
{
    int chosen = argc < 2;
    for (int i = 1; i < argc; i++)
        chosen |= strcmp(argv[i], name) == 0;
    return chosen;
}

int main(int argc, char **argv)
{
    unsigned long wrong = 0;
    int checked = 0;
    for (int i = 0; i < FUNCTIONS; i++)
        if (is_chosen(functions[i].name, argc, argv)) {
            wrong += check(&functions[i]);
            checked++;
        }
    return checked < (argc < 2 ? FUNCTIONS : argc - 1) ? 2 : wrong != 0;
}
