/* Arithmetic on numbers of MPFR, written as functions of numbers: mul(a, add(b, c)).
 * Results live until numbers_reset(). */
#ifndef TESTS_GOLDEN_TAILS_NUMBER_H
#define TESTS_GOLDEN_TAILS_NUMBER_H

#include <stdbool.h>
#include <stddef.h>

#include <mpfr.h>

typedef mpfr_srcptr num;

/* Bits of all numbers from now on; forgets the numbers there are. */
void numbers_precision(long bits);
/* Forget all numbers. */
void numbers_reset(void);
/* A number to write to. */
mpfr_ptr fresh(void);

num of(double x);
num decimal(const char *digits);
num pi(void);
num add(num a, num b);
num sub(num a, num b);
num mul(num a, num b);
num quo(num a, num b);
num neg(num a);
num mag(num a);
num root(num a);
num exponential(num a);
num logarithm(num a);
num log_of_1_plus(num a);
num exp_minus_1(num a);
num power(num a, num b);
num hyperbolic_tangent(num a);
num hyperbolic_cosine(num a);
num hyperbolic_sine(num a);
num complement_of_erf(num a);
num larger(num a, num b);

/* Whether a < b, and a's sign. */
bool less(num a, num b);
int sign(num a);

#endif
