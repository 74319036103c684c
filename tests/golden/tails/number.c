#include "tests/golden/tails/number.h"

#include <assert.h>

enum { ROOM = 16384 };

static mpfr_t pool[ROOM];
static size_t ready, used;
static long precision = 256;

void numbers_precision(long bits)
{
    for (size_t i = 0; i < ready; i++)
        mpfr_clear(pool[i]);
    ready = used = 0;
    precision = bits;
}

void numbers_reset(void)
{
    used = 0;
}

mpfr_ptr fresh(void)
{
    assert(used < ROOM);
    if (used == ready)
        mpfr_init2(pool[ready++], precision);
    return pool[used++];
}

num of(double x)
{
    mpfr_ptr y = fresh();
    mpfr_set_d(y, x, MPFR_RNDN);
    return y;
}

num decimal(const char *digits)
{
    mpfr_ptr y = fresh();
    mpfr_set_str(y, digits, 10, MPFR_RNDN);
    return y;
}

num pi(void)
{
    mpfr_ptr y = fresh();
    mpfr_const_pi(y, MPFR_RNDN);
    return y;
}

typedef int one_argument(mpfr_ptr, mpfr_srcptr, mpfr_rnd_t);
typedef int two_arguments(mpfr_ptr, mpfr_srcptr, mpfr_srcptr, mpfr_rnd_t);

static num one(one_argument *f, num a)
{
    mpfr_ptr y = fresh();
    f(y, a, MPFR_RNDN);
    return y;
}

static num two(two_arguments *f, num a, num b)
{
    mpfr_ptr y = fresh();
    f(y, a, b, MPFR_RNDN);
    return y;
}

num add(num a, num b)
{
    return two(mpfr_add, a, b);
}

num sub(num a, num b)
{
    return two(mpfr_sub, a, b);
}

num mul(num a, num b)
{
    return two(mpfr_mul, a, b);
}

num quo(num a, num b)
{
    return two(mpfr_div, a, b);
}

num power(num a, num b)
{
    return two(mpfr_pow, a, b);
}

num larger(num a, num b)
{
    return less(a, b) ? b : a;
}

num neg(num a)
{
    mpfr_ptr y = fresh();
    mpfr_neg(y, a, MPFR_RNDN);
    return y;
}

num mag(num a)
{
    mpfr_ptr y = fresh();
    mpfr_abs(y, a, MPFR_RNDN);
    return y;
}

num root(num a)
{
    return one(mpfr_sqrt, a);
}

num exponential(num a)
{
    return one(mpfr_exp, a);
}

num logarithm(num a)
{
    return one(mpfr_log, a);
}

num log_of_1_plus(num a)
{
    return one(mpfr_log1p, a);
}

num exp_minus_1(num a)
{
    return one(mpfr_expm1, a);
}

num hyperbolic_tangent(num a)
{
    return one(mpfr_tanh, a);
}

num hyperbolic_cosine(num a)
{
    return one(mpfr_cosh, a);
}

num complement_of_erf(num a)
{
    return one(mpfr_erfc, a);
}

bool less(num a, num b)
{
    return mpfr_less_p(a, b) != 0;
}

int sign(num a)
{
    return mpfr_sgn(a);
}

num hyperbolic_sine(num a)
{
    return one(mpfr_sinh, a);
}
