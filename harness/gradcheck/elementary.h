/* Elementary functions in long double for the second formulas: by series, of their own,
 * not those of engine/math, so that a fault there is not shared. A few units of the last
 * place (tests/unit/harness/gradcheck/elementary_test.c has the bounds). */
#ifndef HARNESS_GRADCHECK_ELEMENTARY_H
#define HARNESS_GRADCHECK_ELEMENTARY_H

/* The square root; of what is negative NaN. */
long double elementary_sqrt(long double x);

/* e^x, the natural logarithm of x > 0 (of 0 -infinity), cos(pi x). */
long double elementary_exp(long double x);
long double elementary_log(long double x);
long double elementary_cospi(long double x);

/* x^n by repeated squaring. */
long double elementary_power(long double x, unsigned long long n);

/* x^y for x >= 0; 0^0 is 1. */
long double elementary_pow(long double x, long double y);

#endif
