/* Golden values of the f64 functions of engine/math and of the sigmoid, from MPFR
 * (libmpfr-dev). From the top of the repository:
 *   gcc -std=c17 -O2 tests/golden/math.c -lmpfr -lgmp -lm -o math
 *   ./math > tests/golden/math.csv
 *
 * function,x,value,rest: value is the double nearest to function(x), and the exact
 * result lies `rest` units in value's last place above it. */
#include <math.h>
#include <stdint.h>
#include <stdio.h>

#include <mpfr.h>

enum { PRECISION = 256 };

struct function {
    const char *name;
    int (*exact)(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding);
    double first;     /* the smallest argument it has a value for */
    double low, high; /* where it neither overflows nor is flat */
    void (*print_edges)(const struct function *function);
};

static void print_point(const struct function *function, double point)
{
    mpfr_t x, y;
    mpfr_inits2(PRECISION, x, y, (mpfr_ptr)0);
    mpfr_set_d(x, point, MPFR_RNDN);
    function->exact(y, x, MPFR_RNDN);
    const double value = mpfr_get_d(y, MPFR_RNDN);
    double rest = 0;
    if (isfinite(value)) {
        int exponent;
        frexp(value, &exponent);
        mpfr_sub_d(y, y, value, MPFR_RNDN);
        mpfr_mul_2si(y, y, exponent - 53 < -1074 || value == 0 ? 1074 : 53 - exponent, MPFR_RNDN);
        rest = mpfr_get_d(y, MPFR_RNDN);
    }
    printf("%s,%a,%a,%.4f\n", function->name, point, value, rest);
    mpfr_clears(x, y, (mpfr_ptr)0);
}

/* A point and its neighbours. */
static void print_around(const struct function *function, double x)
{
    print_point(function, nextafter(x, -INFINITY));
    print_point(function, x);
    print_point(function, nextafter(x, INFINITY));
}

/* Multiples of ln 2 / 2: the odd ones are where the reduced argument is largest and
 * its multiple of ln 2 changes, at the even ones it all but vanishes. */
static void print_multiples(const struct function *function)
{
    mpfr_t x;
    mpfr_init2(x, PRECISION);
    for (int halves = -2151; halves <= 2049; halves += halves > -12 && halves < 12 ? 1 : 77) {
        mpfr_const_log2(x, MPFR_RNDN);
        mpfr_mul_si(x, x, halves, MPFR_RNDN);
        mpfr_div_ui(x, x, 2, MPFR_RNDN);
        const double point = mpfr_get_d(x, MPFR_RNDN);
        if (point >= function->low && point <= function->high)
            print_around(function, point);
    }
    mpfr_clear(x);
}

/* Powers of sqrt(2), for log1p less 1: the same two kinds of points, seen from the
 * logarithm. */
static void print_powers(const struct function *function)
{
    for (int halves = -2148; halves <= 2047; halves += halves > -12 && halves < 12 ? 1 : 77) {
        const double point = exp2(halves / 2.0) + function->first;
        if (point > function->first)
            print_around(function, point);
    }
}

/* Multiples of 1/2, where the polynomial of erf changes. */
static void print_halves(const struct function *function)
{
    for (int halves = -13; halves <= 13; halves++)
        print_around(function, halves / 2.0);
}

/* SplitMix64: uniform on [0, 1). */
static double draw(uint64_t *counter)
{
    uint64_t z = *counter += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void print_within(const struct function *function, double x)
{
    if (x >= function->first)
        print_point(function, x);
}

static void print_random(const struct function *function, uint64_t *counter)
{
    for (int i = 0; i < 150; i++)
        print_point(function, function->low + (function->high - function->low) * draw(counter));
    for (int i = 0; i < 250; i++)
        print_within(function, 6 * draw(counter) - 3);
    for (int i = 0; i < 150; i++) /* every magnitude */
        print_within(function, (i % 2 ? -1 : 1) * exp2(-60 + 62 * draw(counter)));
}

static int logistic(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding)
{
    mpfr_neg(y, x, rounding);
    mpfr_exp(y, y, rounding);
    mpfr_add_ui(y, y, 1, rounding);
    return mpfr_ui_div(y, 1, y, rounding);
}

static const struct function functions[] = {
    {"exp", mpfr_exp, -INFINITY, -745.2, 709.8, print_multiples},
    {"expm1", mpfr_expm1, -INFINITY, -40, 709.8, print_multiples},
    {"tanh", mpfr_tanh, -INFINITY, -20, 20, print_multiples},
    {"sigmoid", logistic, -INFINITY, -745.2, 40, print_multiples},
    {"log", mpfr_log, 0, 0, 1000, print_powers},
    {"log1p", mpfr_log1p, -1, -1, 1000, print_powers},
    {"erf", mpfr_erf, -INFINITY, -6, 6, print_halves},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

int main(void)
{
    /* Zero and all but zero; where exp leaves the normal numbers, then all numbers;
     * where expm1 and tanh become flat; far beyond. */
    static const double special[] = {
        0.0,
        1e-300,
        0x1p-1074,
        0x1p-54,
        0x1p-53,
        0x1p-30,
        1,
        17,
        18.7,
        19.1,
        20,
        36.7,
        37.4,
        38,
        40,
        708,
        708.3964,
        709.44,
        709.5,
        709.78,
        0x1.62e42fefa39efp9,
        709.79,
        710,
        744,
        744.44,
        745,
        745.1,
        745.13,
        0x1.74910d52d3051p9,
        745.14,
        746,
        1000,
        1e300,
    };
    /* The worst of tests/golden/errors.c's points. */
    static const double worst[FUNCTIONS][4] = {
        {-0x1.30ba2df624a8p+4, -0x1.57b8c80be7babp+3, -0x1.ff5c9e3e58a72p-1, -0x1.629967c984e36p-2},
        {0x1.9c2721f474bfcp-2, 0x1.9f24715e0fc36p-2, 0x1.8ab74336e288p-2, 0x1.837c5f64396fp-2},
        {0x1.fa50813a1ba6p-7, 0x1.fd246ff09e48p-5, 0x1.fabbe8ab1318p-7, -0x1.f06882340c2p-4},
        {-0x1.5fba04c4b25b9p+1, -0x1.36490a1c84fb8p+2, -0x1.ba6ad0710e5b5p+1, -0x1.364eb3f29888p+2},
        {0x1.688f84d54598p-1, 0x1.6603d0f343141p-1, 0x1.69b2660c9b888p-1, 0x1.67dbed7e5ac1p-1},
        {-0x1.2c85a862034c8p-2, -0x1.2e8d4708317ap-2, 0x1.2130dd62ebeacp-2, -0x1.34da85498feep-2},
        {-0x1.f38fec5a0c958p-1, 0x1.ede9f08441ffp-1, 0x1.f75538bb4ead8p-1, -0x1.fc23c380d4128p-1},
    };
    uint64_t counter = 1;
    printf("function,x,value,rest\n");
    for (int f = 0; f < FUNCTIONS; f++) {
        for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
            print_point(&functions[f], special[i]);
            print_within(&functions[f], -special[i]);
        }
        for (size_t i = 0; i < 4; i++)
            print_point(&functions[f], worst[f][i]);
        functions[f].print_edges(&functions[f]);
        print_random(&functions[f], &counter);
    }
    mpfr_free_cache();
    return 0;
}
