/* The largest errors of the f64 functions of engine/math against MPFR (libmpfr-dev),
 * in units in the result's last place, over 6 million points each: a third over the
 * whole range, a third within 3 of zero, a third of every magnitude. `make prove-math`
 * builds and runs it; with no name it takes all functions in turn. */
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <mpfr.h>

#define LG_PRECISION 64
#define LG_ISA       generic
#include "engine/activation/activation.h"
#include "engine/math/math.h"

extern const struct activation LG_SYMBOL(activation_sigmoid);

enum { POINTS = 6000000, WORST = 4 };

struct function {
    const char *name;
    double (*computed)(double x);
    int (*exact)(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding);
    double low, high; /* where it is defined, neither overflows nor is flat */
};

static double sigmoid(double x)
{
    double y;
    LG_SYMBOL(activation_sigmoid).forward(NULL, 1, &x, &y);
    return y;
}

static int exact_sigmoid(mpfr_t y, const mpfr_t x, mpfr_rnd_t rounding)
{
    mpfr_neg(y, x, rounding);
    mpfr_exp(y, y, rounding);
    mpfr_add_ui(y, y, 1, rounding);
    return mpfr_ui_div(y, 1, y, rounding);
}

static const struct function functions[] = {
    {"exp", math_exp, mpfr_exp, -745.2, 709.78},
    {"expm1", math_expm1, mpfr_expm1, -40, 709.78},
    {"log", math_log, mpfr_log, 0, 1000},
    {"log1p", math_log1p, mpfr_log1p, -1, 1000},
    {"tanh", math_tanh, mpfr_tanh, -20, 20},
    {"erf", math_erf, mpfr_erf, -6, 6},
    {"sigmoid", sigmoid, exact_sigmoid, -745.2, 40},
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

/* SplitMix64: uniform on [0, 1). */
static double draw(uint64_t *counter)
{
    uint64_t z = *counter += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return (double)((z ^ (z >> 31)) >> 11) * 0x1p-53;
}

static double draw_point(const struct function *function, int i, uint64_t *counter)
{
    double x;
    do {
        const double u = draw(counter);
        switch (i % 3) {
        case 0:
            x = function->low + (function->high - function->low) * u;
            break;
        case 1:
            x = 6 * u - 3;
            break;
        default:
            x = (i % 2 ? -1 : 1) * exp2(-60 + 70 * u);
            if (x < function->low)
                x = -x;
        }
    } while (!(x >= function->low && x <= function->high));
    return x;
}

static double error_at(const struct function *function, double x)
{
    mpfr_t exact;
    mpfr_init2(exact, 96);
    mpfr_set_d(exact, x, MPFR_RNDN);
    function->exact(exact, exact, MPFR_RNDN);
    int exponent;
    frexp(mpfr_get_d(exact, MPFR_RNDN), &exponent);
    mpfr_sub_d(exact, exact, function->computed(x), MPFR_RNDN);
    mpfr_mul_2si(exact, exact, exponent - 53 < -1074 ? 1074 : 53 - exponent, MPFR_RNDN);
    const double error = fabs(mpfr_get_d(exact, MPFR_RNDN));
    mpfr_clear(exact);
    return error;
}

static void search(const struct function *function)
{
    struct {
        double error, x;
    } worst[WORST + 1] = {0};
    uint64_t counter = 1;
    for (int i = 0; i < POINTS; i++) {
        const double x = draw_point(function, i, &counter), error = error_at(function, x);
        int place = WORST;
        for (; place > 0 && error > worst[place - 1].error; place--)
            worst[place] = worst[place - 1];
        worst[place].error = error;
        worst[place].x = x;
    }
    printf("%s: %.3f ulp at most, at", function->name, worst[0].error);
    for (int i = 0; i < WORST; i++)
        printf(" %a", worst[i].x);
    printf("\n");
    mpfr_free_cache();
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
    for (int i = 0; i < FUNCTIONS; i++)
        if (is_chosen(functions[i].name, argc, argv))
            search(&functions[i]);
    return 0;
}
