/* Golden values of engine/math/exp.c and of the functions made of it, from MPFR
 * (libmpfr-dev). From the top of the repository:
 *   gcc -std=c17 -O2 tests/golden/exp.c -lmpfr -lgmp -lm -o exp
 *   ./exp > tests/golden/exp.csv
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
    void (*exact)(mpfr_t y, const mpfr_t x);
    double low, high; /* where it neither overflows nor is flat */
};

static void exponential(mpfr_t y, const mpfr_t x)
{
    mpfr_exp(y, x, MPFR_RNDN);
}

static void exponential_minus_one(mpfr_t y, const mpfr_t x)
{
    mpfr_expm1(y, x, MPFR_RNDN);
}

static void tangent(mpfr_t y, const mpfr_t x)
{
    mpfr_tanh(y, x, MPFR_RNDN);
}

static void logistic(mpfr_t y, const mpfr_t x)
{
    mpfr_neg(y, x, MPFR_RNDN);
    mpfr_exp(y, y, MPFR_RNDN);
    mpfr_add_ui(y, y, 1, MPFR_RNDN);
    mpfr_ui_div(y, 1, y, MPFR_RNDN);
}

static const struct function functions[] = {
    {"exp", exponential, -745.2, 709.8},
    {"expm1", exponential_minus_one, -40, 709.8},
    {"tanh", tangent, -20, 20},
    {"sigmoid", logistic, -745.2, 40},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static void print_point(const struct function *function, double point)
{
    mpfr_t x, y;
    mpfr_inits2(PRECISION, x, y, (mpfr_ptr)0);
    mpfr_set_d(x, point, MPFR_RNDN);
    function->exact(y, x);
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

/* SplitMix64: uniform on [0, 1). */
static double draw(uint64_t *counter)
{
    uint64_t z = *counter += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static void print_random(const struct function *function, uint64_t *counter)
{
    for (int i = 0; i < 150; i++)
        print_point(function, function->low + (function->high - function->low) * draw(counter));
    for (int i = 0; i < 250; i++)
        print_point(function, 6 * draw(counter) - 3);
    for (int i = 0; i < 150; i++) /* every magnitude */
        print_point(function, (i % 2 ? -1 : 1) * exp2(-60 + 62 * draw(counter)));
}

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
    /* The worst of millions of random points for engine/math at the time of writing. */
    static const double worst[FUNCTIONS][4] = {
        {-0x1.30ba2df624a8p+4, -0x1.57b8c80be7babp+3, -0x1.ff5c9e3e58a72p-1, -0x1.629967c984e36p-2},
        {0x1.9c2721f474bfcp-2, 0x1.9f24715e0fc36p-2, 0x1.8ab74336e288p-2, 0x1.837c5f64396fp-2},
        {0x1.fa50813a1ba6p-7, 0x1.fd246ff09e48p-5, 0x1.fabbe8ab1318p-7, -0x1.f06882340c2p-4},
        {-0x1.5fba04c4b25b9p+1, -0x1.36490a1c84fb8p+2, -0x1.ba6ad0710e5b5p+1, -0x1.364eb3f29888p+2},
    };
    uint64_t counter = 1;
    printf("function,x,value,rest\n");
    for (int f = 0; f < FUNCTIONS; f++) {
        for (size_t i = 0; i < sizeof special / sizeof *special; i++) {
            print_point(&functions[f], special[i]);
            print_point(&functions[f], -special[i]);
        }
        for (size_t i = 0; i < 4; i++)
            print_point(&functions[f], worst[f][i]);
        print_multiples(&functions[f]);
        print_random(&functions[f], &counter);
    }
    mpfr_free_cache();
    return 0;
}
